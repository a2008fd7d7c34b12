// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "io/fd_stream.hpp"
#include "smtp/client.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;
using namespace std::chrono_literals;

namespace {

constexpr ClientTimeouts timeouts{.command = 10s, .data = 10s, .end = 10s, .commands = 1s, .recipient = 0s, .text = 1s};

void say(const Fd& socket, std::string_view text) { (void)::send(socket.number(), text.data(), text.size(), MSG_NOSIGNAL); }

/// A client beside a server that has every command answered `pause` late, and then takes what comes as `take_text` does.
struct Slow {
    explicit Slow(std::chrono::milliseconds pause, std::function<void(const Fd&)> take_text) {
        int pair[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
        near = Fd{pair[0]};
        server = std::thread{[far = Fd{pair[1]}, pause, take_text] {
            say(far, "220 mx\r\n");
            std::string line;
            for (char c = 0; ::read(far.number(), &c, 1) == 1;) {
                line += c;
                if (c != '\n') continue;
                std::this_thread::sleep_for(line.starts_with("EHLO") ? 0ms : pause);
                const bool is_data = line.starts_with("DATA");
                say(far, is_data ? "354 go\r\n" : "250 ok\r\n");
                if (is_data) return take_text(far);
                line.clear();
            }
        }};
    }
    ~Slow() {
        near = Fd{};
        server.join();
    }
    /// And how long it took.
    std::pair<Sent, std::chrono::steady_clock::duration> send(const OutgoingMessage& message) const {
        io::FdStream stream{near.number(), near.number()};
        io::Channel channel{stream};
        ClientSession session{channel, Protocol::smtp, "me.example", timeouts};
        REQUIRE(session.greet());
        const auto begin = std::chrono::steady_clock::now();
        auto sent = session.send(message);
        return {std::move(sent), std::chrono::steady_clock::now() - begin};
    }

    Fd near;
    std::thread server;
};

}  // namespace

TEST_CASE("Commands that are answered just in time do not go on for ever", "[smtp][client]") {
    const Slow slow{300ms, [](const Fd&) {}};
    mail::Envelope envelope{.sender = mail::Mailbox{"a", "b"}};
    for (int n = 0; n < 50; ++n) envelope.recipients.push_back({{"c" + std::to_string(n), "d"}});
    const auto [sent, took] = slow.send({envelope, [](const io::TextSink& write) { return write("hello\n"); }, 7});
    REQUIRE(sent.broken);
    CHECK_FALSE(sent.text_began);
    CHECK_FALSE(sent.replies.front());
    CHECK(took < 5s);
}

TEST_CASE("A peer that takes the text drop by drop is not waited for", "[smtp][client]") {
    const auto take_slowly = [](const Fd& socket) {
        std::string piece(16 * 1024, '\0');
        while (::read(socket.number(), piece.data(), piece.size()) > 0) std::this_thread::sleep_for(20ms);
    };
    const Slow slow{0ms, take_slowly};
    const mail::Envelope envelope{.sender = mail::Mailbox{"a", "b"}, .recipients = {{{"c", "d"}}}};
    const std::string large(16 * 1024 * 1024, 'x');  // 20 s at that pace
    const auto text = [&](const io::TextSink& write) -> Result<void> {
        for (std::size_t at = 0; at < large.size(); at += 64 * 1024) {
            if (auto r = write(std::string_view{large}.substr(at, 64 * 1024)); !r) return r;
        }
        return {};
    };
    const auto [sent, took] = slow.send({envelope, text, ClientTimeouts::least_octets_per_second});
    REQUIRE(sent.broken);
    CHECK(sent.broken->what == "peer takes the text too slowly");
    CHECK(took > 2s);  // one more than all have, for its octets
    CHECK(took < 8s);
}
