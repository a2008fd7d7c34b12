// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

#include <thread>

#include "mta/outbound/queue_run.hpp"
#include "support/no_remote.hpp"
#include "support/residents.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using test::envelope_to;
using test::names_in;

namespace {

/// Local delivery on a Unix socket, which links, and has the same reply to every command of one conversation.
class Linker {
public:
    Linker(const std::string& path, std::string reply)
        : address_(net::parse_socket_address("unix:" + path).value()), reply_(std::move(reply)) {
        listener_ = Fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        REQUIRE(::bind(listener_.number(), address_.native(), address_.size) == 0);
        REQUIRE(::listen(listener_.number(), 1) == 0);
        thread_ = std::thread{[this] { talk(); }};
    }
    Linker(const Linker&) = delete;
    ~Linker() {
        ::shutdown(listener_.number(), SHUT_RDWR);
        thread_.join();
    }
    const net::SocketAddress& address() const { return address_; }

private:
    void talk() const {
        const Fd peer{::accept(listener_.number(), nullptr, nullptr)};
        if (!peer) return;
        (void)::send(peer.number(), "220 x\r\n", 7, MSG_NOSIGNAL);
        char buffer[65536];
        for (ssize_t n = 0; (n = ::recv(peer.number(), buffer, sizeof buffer, 0)) > 0;) {
            const std::string_view commands{buffer, static_cast<std::size_t>(n)};
            std::string replies = commands.starts_with("LHLO") ? "250-x\r\n250 XLINK\r\n" : "";
            if (replies.empty()) {
                for (auto end = commands.find('\n'); end != commands.npos; end = commands.find('\n', end + 1)) replies += reply_ + "\r\n";
            }
            (void)::send(peer.number(), replies.data(), replies.size(), MSG_NOSIGNAL);
        }
    }

    net::SocketAddress address_;
    std::string reply_;
    Fd listener_;
    std::thread thread_;
};

struct Running : test::SpoolSite {
    explicit Running(std::string reply = "250 2.0.0 ok") : linker(temp / "lmtp", std::move(reply)) {}

    Linker linker;
    test::Residents residents{temp, "bob"};
    mta::Directory directory = residents.open();
    mta::Outcomes outcomes{spool, claims, {"mx.here.example", {"postmaster", "here.example"}}, clock};
    mta::LocalStation station{"mx.here.example", {}, linker.address()};
    queue::FullMailboxes full{spool, clock};
    test::NoRemote remote{spool, claims, outcomes, clock, [this](queue::Message& message) { outbound.conclude(message); }};
    mta::Outbound outbound{{&spool, &claims, &directory, &outcomes, &station, &full, remote.opener()}};
    queue::Schedule schedule;
    mta::QueueRun run{spool, claims, outbound, schedule, clock};
};

const auto to_bob = envelope_to({"bob@here.example"});

}  // namespace

TEST_CASE("A run does all that is new or due, and leaves what is not", "[mta]") {
    Running site;
    site.add(to_bob);
    const auto due = site.take(to_bob).name();
    const auto later = site.take(to_bob).name();
    const auto now = unix_seconds(site.clock.now());
    REQUIRE(site.claims.put_back(due, now));
    REQUIRE(site.claims.put_back(later, now + 1));
    REQUIRE(site.run.once());
    CHECK(names_in(site.spool.new_messages()).empty());
    CHECK(names_in(site.spool.waiting()) == std::vector{to_string(later) + ":1," + std::to_string(now + 1)});
    CHECK(names_in(site.claims.directory()).empty());
}

TEST_CASE("What was handed over is confirmed even if the next message can't be claimed", "[mta]") {
    Running site;
    site.add(to_bob);
    const auto second = site.add(to_bob);
    REQUIRE(::mkdirat(site.claims.directory().number(), second.c_str(), 0700) == 0);  // a file can't be renamed to that
    CHECK(site.run.once().error().fault == Fault::transient);
    CHECK(names_in(site.claims.directory()) == std::vector{second});
    CHECK(names_in(site.spool.new_messages()) == std::vector{second});
}

TEST_CASE("A mailbox that is full is marked, by the user's own name", "[mta]") {
    const auto reply = GENERATE(as<std::string>{}, "452 4.2.2 full", "552 5.2.2 full");
    Running site{reply};
    const auto name = site.take(envelope_to({"Bob+tag@here.example"}, "")).name();
    REQUIRE(site.claims.put_back(name, 0));
    REQUIRE(site.run.once());
    CHECK(read_file(site.spool.path() + "/full/bob", 100).value() == std::to_string(name.wire_octets) + "\n");
}

TEST_CASE("A mailbox that takes a message of that size again is not full", "[mta]") {
    Running site;
    REQUIRE(queue::FullMailboxes{site.spool, site.clock}.add("bob", 1));
    REQUIRE(queue::FullMailboxes{site.spool, site.clock}.add("carol", 1));
    site.add(to_bob);
    REQUIRE(site.run.once());
    CHECK(names_in(site.spool.full_mailboxes()) == std::vector<std::string>{"carol"});
}

TEST_CASE("Other failures mark nothing", "[mta]") {
    Running site{"452 4.3.1 disk full"};
    site.add(to_bob);
    REQUIRE(site.run.once());
    CHECK(names_in(site.spool.full_mailboxes()).empty());
}
