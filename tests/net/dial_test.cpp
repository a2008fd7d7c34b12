// SPDX-License-Identifier: ISC
#include "net/dial.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/listener.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;

namespace {

/// A socket at a free port of the loopback, which takes connections once somebody listens.
struct Bound {
    Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    net::SocketAddress address = net::parse_socket_address("127.0.0.1:0").value();

    Bound() {
        REQUIRE(::bind(socket.number(), address.native(), address.size) == 0);
        address = net::local_address(socket.number()).value();
    }
};

}  // namespace

TEST_CASE("A connection is made, from the address that it shall come from", "[net]") {
    const Bound server;
    REQUIRE(::listen(server.socket.number(), 5) == 0);
    const auto dialled = net::dial(server.address, 5s, net::parse_ip("127.0.0.2").value());
    REQUIRE(dialled);
    CHECK(net::to_string(net::local_address(dialled->number()).value()).starts_with("127.0.0.2:"));
    CHECK(net::peer_address(dialled->number()).value().port() == server.address.port());
}

TEST_CASE("Nobody who listens, an address that is not ours, and a path without a socket", "[net]") {
    const Bound silent;
    const auto refused = net::dial(silent.address, 5s);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().number == ECONNREFUSED);
    CHECK(refused.error().fault == Fault::transient);
    CHECK(refused.error().what == "connect to " + net::to_string(silent.address) + ": Connection refused");

    const auto not_ours = net::dial(silent.address, 5s, net::parse_ip("192.0.2.1").value());
    REQUIRE_FALSE(not_ours);
    CHECK(not_ours.error().number == EADDRNOTAVAIL);

    const test::TempDir home;
    const auto nowhere = net::dial(net::parse_socket_address("unix:" + (home / "missing")).value(), 5s);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().number == ENOENT);
}

TEST_CASE("Who does not answer is waited for so long, and no longer", "[net]") {
    const Bound busy;
    REQUIRE(::listen(busy.socket.number(), 0) == 0);
    std::vector<Fd> waiting;  // until the backlog is full: then the kernel drops what comes
    for (int i = 0; i < 20; ++i) {
        auto dialled = net::dial(busy.address, 200ms);
        if (dialled) {
            waiting.push_back(std::move(*dialled));
            continue;
        }
        CHECK(dialled.error().number == ETIMEDOUT);
        return;
    }
    FAIL("the backlog never was full");
}
