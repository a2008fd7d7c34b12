// SPDX-License-Identifier: ISC
#include "mta/dispatch/site.hpp"

#include "support/catch.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;

TEST_CASE("Two hosts that keep their silence for longer than a failed one rests are one failure", "[mta][remote]") {
    mta::Site site{{}, 20};
    mta::HostTable hosts{20};
    const auto first = net::parse_socket_address("192.0.2.1:25").value();
    const auto second = net::parse_socket_address("192.0.2.2:25").value();
    site.plan.hosts = {{{"a", first}, 10}, {{"b", second}, 20}};
    mta::Moment now{1h};
    for (const auto& address : {first, second}) {
        const auto chosen = choose_host(site, hosts, AF_UNSPEC, now);
        REQUIRE(chosen);
        CHECK((*chosen)->host.address.ip() == address.ip());
        now += mta::HostTable::rest + 1s;  // its silence
        site.failed[net::to_string(address)] = now;
        hosts.failed(address, now);
    }
    now += mta::HostTable::rest + 1s;
    CHECK(choose_host(site, hosts, AF_UNSPEC, now).error() == mta::NoHost::all_dead);
    site.forget_failures();
    CHECK(choose_host(site, hosts, AF_UNSPEC, now));
}
