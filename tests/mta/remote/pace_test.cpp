// SPDX-License-Identifier: ISC
#include "mta/remote/pace.hpp"

#include "mta/remote/host_table.hpp"
#include "support/catch.hpp"

using namespace std::chrono_literals;
using mailpipe::mta::HostTable;
using mailpipe::mta::Moment;
using mailpipe::mta::Pace;

TEST_CASE("A site gets one connection until it is reached, then some, then one more for each success", "[mta][remote]") {
    Pace pace{7};
    CHECK(pace.connections() == 1);
    CHECK_FALSE(pace.is_proven());
    pace.proved();
    CHECK(pace.connections() == Pace::first_connections);
    for (int n = 0; n < 5; ++n) pace.succeeded();
    CHECK(pace.connections() == 7);
    pace.proved();
    CHECK(pace.connections() == 7);
}

TEST_CASE("A limit below the first connections holds", "[mta][remote]") {
    Pace pace{2};
    pace.proved();
    CHECK(pace.connections() == 2);
}

TEST_CASE("A site that has too much is left alone for longer each time, and in the end altogether", "[mta][remote]") {
    Pace pace{20};
    pace.proved();
    for (int n = 0; n < 15; ++n) pace.succeeded();
    REQUIRE(pace.connections() == 20);
    Moment now{1h};
    std::vector<std::size_t> connections;
    std::vector<std::chrono::seconds> pauses;
    while (!pace.has_had_enough()) {
        CHECK(pace.throttled(now));
        CHECK_FALSE(pace.throttled(now + 100ms));  // another connection hears the same
        connections.push_back(pace.connections());
        pauses.push_back(std::chrono::duration_cast<std::chrono::seconds>(pace.paused_until() - now));
        now = pace.paused_until();
    }
    CHECK(connections == std::vector<std::size_t>{10, 5, 2, 1, 1, 1});
    CHECK(pauses == std::vector<std::chrono::seconds>{1s, 2s, 4s, 8s, 16s, 32s});
}

TEST_CASE("A success begins the count of complaints anew", "[mta][remote]") {
    Pace pace{20};
    pace.proved();
    Moment now{1h};
    for (unsigned n = 0; n < 3 * Pace::max_throttles; ++n) {
        pace.throttled(now);
        now = pace.paused_until();
        pace.succeeded();
    }
    CHECK_FALSE(pace.has_had_enough());
}

TEST_CASE("Hosts have their connections counted, and rest when they have failed", "[mta][remote]") {
    const auto one = mailpipe::net::parse_socket_address("192.0.2.1:25").value();
    const auto other = mailpipe::net::parse_socket_address("192.0.2.2:25").value();
    HostTable hosts{2};
    const Moment now{1h};
    hosts.opened(one);
    CHECK_FALSE(hosts.is_full(one));
    hosts.opened(one);
    CHECK(hosts.is_full(one));
    CHECK_FALSE(hosts.is_full(other));
    hosts.closed(one);
    CHECK(hosts.connections(one) == 1);
    hosts.failed(one, now);
    CHECK(hosts.is_dead(one, now + HostTable::rest - 1s));
    CHECK_FALSE(hosts.is_dead(one, now + HostTable::rest));
    CHECK_FALSE(hosts.is_dead(other, now));
    hosts.sweep(now + HostTable::rest);
    CHECK(hosts.connections(one) == 1);
    hosts.closed(one);
    hosts.failed(other, now);
    hosts.sweep(now + 1s);
    CHECK(hosts.connections(one) == 0);
    CHECK(hosts.is_dead(other, now + 1s));
}
