// SPDX-License-Identifier: ISC
// IMAP (RFC 9051): one session that does what it is told, and many short ones.
#include "load.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <memory>
#include <sstream>
#include <thread>

namespace load {
namespace {

struct Answer {
    std::uint64_t octets = 0;
    std::string untagged;  // only if it is to be kept
};

/// Any answer but OK ends the process.
class Session {
public:
    Session(long port, long timeout_s) : fd_(connect_loopback(port, timeout_s)) { read_until("* OK"); }
    ~Session() { ::close(fd_); }
    Session(const Session&) = delete;

    void log_in(const std::string& user, const std::string& password) { obey("LOGIN " + user + " " + password); }

    Answer obey(const std::string& command, bool keep = false) {
        const auto tag = next_tag();
        write_all(fd_, tag + command + "\r\n");
        return read_until(tag + "OK", keep);
    }

    /// One message after another, each when the one before has been stored (RFC 7888: without waiting for "+").
    void append(const std::string& folder, const std::string& message, long times) {
        for (; times > 0; --times) {
            const auto tag = next_tag();
            write_all(fd_, tag + "APPEND " + folder + " {" + std::to_string(message.size()) + "+}\r\n" + message + "\r\n");
            read_until(tag + "OK");
        }
    }

    void idle() {
        write_all(fd_, next_tag() + "IDLE\r\n");
        read_until("+ ");
    }

private:
    std::string next_tag() { return "tag" + std::to_string(++commands_) + "x "; }

    /// Until a line that begins so, or that has the same first word and so tells of a failure, is the last that has come.
    Answer read_until(const std::string& start, bool keep = false) {
        Answer answer;
        const auto word = start.substr(0, start.find(' ') + 1);
        std::string line;  // the last one: its first octets
        for (bool ends = true;;) {
            const auto n = ::read(fd_, buffer_.data(), buffer_.size());
            if (n <= 0) die("the server closed the connection, or is too slow; wanted " + start);
            const std::string_view piece{buffer_.data(), static_cast<std::size_t>(n)};
            answer.octets += piece.size();
            if (keep) answer.untagged += piece;
            const auto before = piece.substr(0, piece.size() - 1).rfind('\n');
            if (before != std::string_view::npos) line = piece.substr(before + 1, longest_start);
            else if (ends) line = piece.substr(0, longest_start);
            else line += piece.substr(0, longest_start - std::min(line.size(), longest_start));
            ends = piece.back() == '\n';
            if (!ends || !line.starts_with(word)) continue;
            if (line.starts_with(start)) {
                if (keep) answer.untagged.resize(answer.untagged.rfind('\n', answer.untagged.size() - 2) + 1);
                return answer;
            }
            if (word != "* ") die("wanted " + start + ", got " + line);
        }
    }

    static constexpr std::size_t longest_start = 200;
    int fd_;
    int commands_ = 0;
    std::vector<char> buffer_ = std::vector<char>(1 << 20);
};

/// FNV-1a.
std::uint64_t digest(std::string_view octets) {
    std::uint64_t sum = 0xcbf29ce484222325;
    for (const char c : octets) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    return sum;
}

Answer do_line(Session& session, const std::string& line, bool with_digest) {
    std::istringstream words(line);
    std::string folder, file;
    long times = 0;
    if (!line.starts_with("!append ")) return session.obey(line, with_digest);
    words.ignore(8) >> folder >> file >> times;
    session.append(folder, read_file(file), times);
    return {};
}

}  // namespace

/// --port --user --password --timeout [--digest 1]: a line of stdin is a command, or "!append FOLDER FILE TIMES"; for each,
/// and first for the login, comes a line of JSON.
int imap(const Options& options) {
    const bool with_digest = options.number("digest", 0) != 0;
    const auto report = [&](std::int64_t began, const Answer& answer) {
        std::printf("{\"wall_ms\": %.3f, \"octets\": %lu, \"digest\": \"%016lx\"}\n", static_cast<double>(now_us() - began) / 1e3,
                    answer.octets, with_digest ? digest(answer.untagged) : 0);
        std::fflush(stdout);
    };
    auto began = now_us();
    Session session{options.number("port"), options.number("timeout")};
    session.log_in(options.text("user"), options.text("password"));
    report(began, {});
    for (std::string line; std::getline(std::cin, line);) {
        began = now_us();
        report(began, do_line(session, line, with_digest));
    }
    return 0;
}

/// --port --users A,B,… --password --timeout --connections N --clients N: each connection logs in, selects INBOX, logs out.
int imap_connections(const Options& options) {
    const auto users = options.list("users");
    std::atomic<long> left = options.number("connections");
    const auto began = now_us();
    std::vector<std::thread> clients;
    for (long i = options.number("clients"); i > 0; --i) {
        clients.emplace_back([&] {
            for (long number = left--; number > 0; number = left--) {
                Session session{options.number("port"), options.number("timeout")};
                session.log_in(users.at(static_cast<std::size_t>(number) % users.size()), options.text("password"));
                session.obey("SELECT INBOX");
                session.obey("LOGOUT");
            }
        });
    }
    for (auto& client : clients) client.join();
    std::printf("{\"connections\": %ld, \"wall_ms\": %.3f}\n", options.number("connections"),
                static_cast<double>(now_us() - began) / 1e3);
    return 0;
}

/// --port --users A,B,… --password --timeout: one connection of each user, in IDLE with INBOX selected; prints "ready" when
/// all are, and ends when stdin ends.
int imap_idle(const Options& options) {
    std::vector<std::unique_ptr<Session>> sessions;
    for (const auto& user : options.list("users")) {
        sessions.push_back(std::make_unique<Session>(options.number("port"), options.number("timeout")));
        sessions.back()->log_in(user, options.text("password"));
        sessions.back()->obey("SELECT INBOX");
        sessions.back()->idle();
    }
    std::puts("ready");
    std::fflush(stdout);
    read_to_eof(STDIN_FILENO);
    return 0;
}

}  // namespace load
