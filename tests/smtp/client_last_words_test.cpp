// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "io/fd_stream.hpp"
#include "net/socket_address.hpp"
#include "smtp/client.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;
using namespace std::chrono_literals;

namespace {

const mail::Envelope three{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}, {{"no", "d"}}, {{"e", "f"}}}};

std::string outcome(const Sent& sent) {
    std::string list;
    for (const auto& reply : sent.replies) list += reply ? std::to_string(reply->code) + " " : "- ";
    return list + (sent.broken ? "broken" : "ok");
}

/// Both ends of a connection over the loopback: only there a close with unread data is a reset.
struct Connection {
    Connection() {
        const Fd listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        const auto any = net::parse_socket_address("127.0.0.1:0").value();
        REQUIRE(::bind(listener.number(), any.native(), any.size) == 0);
        REQUIRE(::listen(listener.number(), 1) == 0);
        const auto address = net::local_address(listener.number()).value();
        near = Fd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(::connect(near.number(), address.native(), address.size) == 0);
        far = Fd{::accept(listener.number(), nullptr, nullptr)};
        REQUIRE(far);
        const int at_once = 1;  // what waits for an acknowledgement would be lost with the close
        REQUIRE(::setsockopt(far.number(), IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once) == 0);
    }
    Fd near, far;
};

/// A server by hand.
class Peer {
public:
    explicit Peer(Fd socket) : socket_(std::move(socket)) {}

    void say(std::string_view text) { (void)::send(socket_.number(), text.data(), text.size(), MSG_NOSIGNAL); }
    void take(std::size_t octets) {
        while (come_.size() < octets && more()) continue;
        come_.erase(0, octets);
    }
    std::string line() {
        while (come_.find("\r\n") == come_.npos) {
            if (!more()) return {};
        }
        const auto line = come_.substr(0, come_.find("\r\n"));
        come_.erase(0, line.size() + 2);
        return line;
    }
    /// Takes commands, and refuses a recipient called "no", up to the one that begins so.
    void take_commands(std::string_view offers, std::string_view last) {
        say("220 mx\r\n");
        for (auto line = this->line(); !line.empty(); line = this->line()) {
            if (line.starts_with(last)) return;
            const bool greets = line.starts_with("EHLO") || line.starts_with("LHLO");
            say(greets ? std::string{offers} : line.starts_with("RCPT TO:<no@") ? "550 no\r\n" : "250 ok\r\n");
        }
    }
    /// When there is something that was not read, so that the other end is told by a reset.
    void close() {
        pollfd poller{socket_.number(), POLLIN, 0};
        (void)::poll(&poller, 1, 10'000);
        socket_ = Fd{};
    }

private:
    bool more() {
        char buffer[4096];
        const auto n = ::recv(socket_.number(), buffer, sizeof buffer, 0);
        if (n > 0) come_.append(buffer, static_cast<std::size_t>(n));
        return n > 0;
    }

    Fd socket_;
    std::string come_;
};

/// What becomes of a text of `octets` octets, for three recipients of whom the second is refused.
Sent send(Protocol protocol, std::size_t octets, const std::function<void(Peer&)>& serve, std::chrono::milliseconds write_timeout = 10s) {
    Connection connection;
    Peer peer{std::move(connection.far)};
    std::thread server{[&] { serve(peer); }};
    io::FdStream stream{connection.near.number(), connection.near.number()};
    io::Channel channel{stream, write_timeout};
    ClientSession session{channel, protocol, "me.example", {10s, 10s, 10s}};
    session.watch_turns();
    Sent sent;
    if (session.greet()) {
        const std::string line(99, 'x');
        sent = session.send({.envelope = three,
                             .text = [&](const io::TextSink& write) -> Result<void> {
                                 for (std::size_t n = 0; n < octets; n += 100) {
                                     if (auto r = write(line + "\n"); !r) return r;
                                 }
                                 return {};
                             },
                             .wire_octets = octets + octets / 100});
    }
    connection.near = Fd{};
    server.join();
    return sent;
}

constexpr std::size_t large = 16'000'000;  // more than sockets hold
constexpr auto pipelining = "250-mx\r\n250 PIPELINING\r\n";
constexpr auto chunking = "250-mx\r\n250-PIPELINING\r\n250 CHUNKING\r\n";
constexpr auto chunks_one_by_one = "250-mx\r\n250 CHUNKING\r\n";

}  // namespace

TEST_CASE("What is said in the middle of the text, before a reset, is heard", "[smtp][client][rfc5321-4.2.5]") {
    struct Case { std::string_view said, outcome; };
    const auto c = GENERATE(values<Case>({
        {"552 5.3.4 too big\r\n", "552 550 552 broken"},
        {"421 4.3.2 bye\r\n", "421 550 421 broken"},
        {"552-5.3.4 too\r\n552 5.3.4 big\r\n", "552 550 552 broken"},
        {"250 2.0.0 all of it?\r\n", "- 550 - broken"},  // it has not got it
        {"354 go on\r\n", "- 550 - broken"},
        {"552 5.3.4 too", "- 550 - broken"},
        {"", "- 550 - broken"},
    }));
    const auto protocol = GENERATE(Protocol::smtp, Protocol::lmtp);
    CAPTURE(c.said);
    const auto sent = send(protocol, large, [&](Peer& peer) {
        peer.take_commands(pipelining, "DATA");
        peer.say("354 go\r\n");
        peer.take(1000);
        peer.say(c.said);
        peer.close();
    });
    CHECK(outcome(sent) == c.outcome);
    CHECK(sent.text_began);
    REQUIRE(sent.broken);
    CHECK(sent.broken->what.find("write to the peer") != std::string::npos);
}

TEST_CASE("What is said in the middle of the text by a peer that goes on reading", "[smtp][client][rfc5321-4.3.2]") {
    struct Case { std::string_view said, outcome; };
    const auto c = GENERATE(values<Case>({
        {"552 5.3.4 too big\r\n", "552 550 552 broken"},
        {"250 2.0.0 all of it?\r\n", "- 550 - broken"},
        {"", "250 550 250 ok"},
    }));
    CAPTURE(c.said);
    const auto sent = send(Protocol::smtp, large, [&](Peer& peer) {
        peer.take_commands(pipelining, "DATA");
        peer.say("354 go\r\n");
        peer.take(1000);
        peer.say(c.said);
        for (auto line = peer.line(); !line.empty() && line != "."; line = peer.line()) continue;
        if (c.said.empty()) peer.say("250 2.0.0 taken\r\n");
    });
    CHECK(outcome(sent) == c.outcome);
    CHECK(sent.text_began);
}

TEST_CASE("What is said in the middle of a chunk, before a reset, is heard", "[smtp][client][rfc3030-2]") {
    struct Case { std::string_view said, outcome; };
    const auto c = GENERATE(values<Case>({
        {"552 5.3.4 too big\r\n", "552 550 552 broken"},
        {"250 2.0.0 the next one, too?\r\n", "- 550 - broken"},
        {"", "- 550 - broken"},
    }));
    const auto protocol = GENERATE(Protocol::smtp, Protocol::lmtp);
    const auto* offers = GENERATE(chunking, chunks_one_by_one);
    const auto taken = GENERATE(0, 1, 3);
    CAPTURE(c.said, offers, taken);
    const auto sent = send(protocol, large, [&](Peer& peer) {
        peer.take_commands(offers, offers == chunking ? "BDAT" : "DATA");
        if (offers != chunking) peer.say("354 go\r\n");  // a large text goes by DATA without PIPELINING
        for (int n = 0; n < taken && offers == chunking; ++n) {
            peer.take(OutgoingChunk::max_octets - 2);  // or about as many
            peer.say("250 2.0.0 a chunk\r\n");
        }
        peer.take(1000);
        peer.say(c.said);
        peer.close();
    });
    CHECK(outcome(sent) == c.outcome);
    CHECK(sent.broken);
}

TEST_CASE("What is answered before everything is sent keeps its order", "[smtp][client][rfc2920-3.1]") {
    struct Case { std::string_view replies, outcome; };
    const auto c = GENERATE(values<Case>({
        {"250 m\r\n250 r\r\n550 r\r\n250 r\r\n552 t\r\n", "552 550 552 broken"},
        {"250 m\r\n250 r\r\n550 r\r\n250 r\r\n250 t\r\n", "- 550 - broken"},
        {"250 m\r\n250 r\r\n550 r\r\n421 bye\r\n", "- 550 421 broken"},
        {"550 m\r\n", "550 550 550 broken"},
        {"421 m\r\n", "421 421 421 broken"},
        {"250 m\r\n250 r\r\n550 r\r\n250 r\r\n500 what?\r\n", "- 550 - broken"},  // it does not know BDAT
        {"", "- - - broken"},
    }));
    CAPTURE(c.replies);
    test::MemoryStream stream{"220 mx\r\n" + std::string{chunking} + std::string{c.replies}};
    io::Channel channel{stream};
    ClientSession session{channel, Protocol::smtp, "me.example"};
    REQUIRE(session.greet());
    stream.fail_writes = true;
    const auto sent = session.send({.envelope = three,
                                    .text = [](const io::TextSink& write) { return write("hello\n"); },
                                    .wire_octets = 7});
    CHECK(outcome(sent) == c.outcome);
    CHECK(sent.knows_no_bdat == (c.replies.find("500") != c.replies.npos));
}

TEST_CASE("Who reads no more is not waited for long, and heard when it has said why", "[smtp][client]") {
    const bool says_why = GENERATE(true, false);
    const auto begun = std::chrono::steady_clock::now();
    const auto sent = send(Protocol::smtp, large, [&](Peer& peer) {
        peer.take_commands(pipelining, "DATA");
        peer.say("354 go\r\n");
        peer.take(1000);
        if (says_why) peer.say("452 4.3.1 full\r\n");
    }, 300ms);
    CHECK(outcome(sent) == (says_why ? "452 550 452 broken" : "- 550 - broken"));
    CHECK(std::chrono::steady_clock::now() - begun < 30s);
}
