// SPDX-License-Identifier: ISC
// One POP3 session (RFC 1939), plain or over implicit TLS (RFC 8314), with the wall time of each step.
#include "load.hpp"

#include <openssl/ssl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace load {
namespace {

class Connection {
public:
    Connection(long port, long timeout_s, bool with_tls) : fd_(connect_loopback(port, timeout_s)) {
        if (!with_tls) return;
        SSL_CTX* context = SSL_CTX_new(TLS_client_method());
        tls_ = SSL_new(context);
        SSL_set_fd(tls_, fd_);
        if (SSL_connect(tls_) != 1) die("TLS handshake failed");
    }

    void send(std::string_view bytes) {
        if (tls_ == nullptr) return write_all(fd_, bytes);
        if (SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size())) <= 0) die("TLS write failed");
    }

    /// The next line with its CRLF; valid until the next call.
    std::string_view line() {
        for (;;) {
            if (const void* end = std::memchr(buffer_ + from_, '\n', to_ - from_)) {
                const auto after = static_cast<std::size_t>(static_cast<const char*>(end) - buffer_) + 1;
                const std::string_view found(buffer_ + from_, after - from_);
                from_ = after;
                return found;
            }
            fill();
        }
    }

private:
    void fill() {
        std::memmove(buffer_, buffer_ + from_, to_ - from_);
        to_ -= from_;
        from_ = 0;
        if (to_ == sizeof buffer_) die("a line longer than the buffer");
        const auto room = sizeof buffer_ - to_;
        const ssize_t n =
            tls_ == nullptr ? ::read(fd_, buffer_ + to_, room) : SSL_read(tls_, buffer_ + to_, static_cast<int>(room));
        if (n < 0 && tls_ == nullptr) die_errno("read");
        if (n <= 0) die("the server closed the connection");
        to_ += static_cast<std::size_t>(n);
    }

    int fd_;
    SSL* tls_ = nullptr;
    std::size_t from_ = 0, to_ = 0;
    char buffer_[256 * 1024];
};

struct Body {
    long lines = 0;
    std::uint64_t octets = 0;                   // as on the wire, without the final dot
    std::uint64_t digest = 0xcbf29ce484222325;  // FNV-1a over the octets, to compare servers
};

std::string expect_ok(Connection& connection, const std::string& about) {
    const std::string_view reply = connection.line();
    if (!reply.starts_with("+OK")) die(about + ": " + std::string(reply));
    return std::string(reply.substr(0, reply.find_first_of("\r\n")));
}

void read_multiline(Connection& connection, Body& body, bool with_digest) {
    for (;;) {
        const std::string_view line = connection.line();
        if (line == ".\r\n") return;
        ++body.lines;
        body.octets += line.size();
        if (!with_digest) continue;
        for (const char c : line) body.digest = (body.digest ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    }
}

template <class Step>
void timed(const char* name, Step step) {
    const std::int64_t began = now_us();
    step();
    std::printf("\"%s_ms\": %.3f, ", name, static_cast<double>(now_us() - began) / 1e3);
}

void listing(Connection& connection, const std::string& command, long messages) {
    connection.send(command + "\r\n");
    expect_ok(connection, command);
    Body body;
    read_multiline(connection, body, false);
    if (body.lines != messages) die(command + " lists " + std::to_string(body.lines) + " messages");
}

/// `ahead` commands are under way at a time (RFC 2449 section 6.6); 1 is a client that does not pipeline.
Body retrieve_all(Connection& connection, long messages, long ahead, bool with_digest) {
    Body body;
    long asked = 0;
    for (long done = 0; done < messages; ++done) {
        std::string commands;
        if (asked - done <= ahead / 2)
            while (asked < messages && asked - done < ahead) commands += "RETR " + std::to_string(++asked) + "\r\n";
        if (!commands.empty()) connection.send(commands);
        expect_ok(connection, "RETR " + std::to_string(done + 1));
        read_multiline(connection, body, with_digest);
    }
    return body;
}

}  // namespace

/// --port --user --password --timeout --steps stat,list,uidl,retr [--ahead N] [--tls 1] [--digest 1]
int pop3(const Options& options) {
    static Connection* connection = nullptr;
    const std::int64_t began = now_us();
    long messages = 0;
    std::printf("{");
    timed("login", [&] {
        connection = new Connection(options.number("port"), options.number("timeout"), options.number("tls", 0) != 0);
        expect_ok(*connection, "greeting");
        connection->send("USER " + options.text("user") + "\r\n");
        expect_ok(*connection, "USER");
        connection->send("PASS " + options.text("password") + "\r\n");
        expect_ok(*connection, "PASS");
    });
    for (const auto& step : options.list("steps")) {
        if (step == "stat") {
            std::string drop_listing;
            timed("stat", [&] {
                connection->send("STAT\r\n");
                drop_listing = expect_ok(*connection, "STAT");
            });
            std::uint64_t octets = 0;
            if (std::sscanf(drop_listing.c_str(), "+OK %ld %lu", &messages, &octets) != 2) die("STAT: " + drop_listing);
            std::printf("\"messages\": %ld, \"stat_octets\": %lu, ", messages, octets);
        } else if (step == "list") {
            timed("list", [&] { listing(*connection, "LIST", messages); });
        } else if (step == "uidl") {
            timed("uidl", [&] { listing(*connection, "UIDL", messages); });
        } else if (step == "retr") {
            Body body;
            timed("retr", [&] {
                body =
                    retrieve_all(*connection, messages, options.number("ahead", 1), options.number("digest", 0) != 0);
            });
            std::printf("\"octets\": %lu, \"digest\": \"%016lx\", ", body.octets, body.digest);
        } else {
            die("unknown step " + step);
        }
    }
    timed("quit", [&] {
        connection->send("QUIT\r\n");
        expect_ok(*connection, "QUIT");
    });
    std::printf("\"wall_ms\": %.3f}\n", static_cast<double>(now_us() - began) / 1e3);
    return 0;
}

}  // namespace load
