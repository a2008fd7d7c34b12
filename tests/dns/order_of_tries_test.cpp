// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <set>
#include <string>
#include <vector>

#include "dns/order_of_tries.hpp"

using namespace mailpipe::dns;
using mailpipe::net::parse_ip;

namespace {

RouteHost host(std::string name, std::uint16_t preference, const std::vector<std::string>& addresses) {
    RouteHost host{name, preference, name};
    for (const auto& address : addresses) host.addresses.push_back(parse_ip(address).value());
    return host;
}

std::string order(const MailRoute& route, std::uint64_t seed = 1, const Self& self = {}) {
    std::string text;
    for (const auto& attempt : order_of_tries(route, seed, self)) {
        text += std::to_string(attempt.host) + "=" + to_string(attempt.address) + " ";
    }
    return text;
}

}  // namespace

TEST_CASE("Lower preferences are tried first, IPv6 and IPv4 by turns", "[dns][rfc5321-5.1][rfc3974]") {
    const MailRoute route{"example.org", RouteKind::mx,
                          {host("a", 10, {"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2", "192.0.2.3"}), host("b", 20, {}),
                           host("c", 30, {"192.0.2.9", "2001:db8::9"})}};
    CHECK(order(route) ==
          "0=2001:db8::1 0=192.0.2.1 0=2001:db8::2 0=192.0.2.2 0=192.0.2.3 2=2001:db8::9 2=192.0.2.9 ");
}

TEST_CASE("Equal preferences share the load, the same seed gives the same order", "[dns][rfc5321-5.1]") {
    const MailRoute route{"example.org", RouteKind::mx,
                          {host("a", 10, {"192.0.2.1"}), host("b", 10, {"192.0.2.2"}),
                            host("c", 10, {"192.0.2.3"}), host("d", 20, {"192.0.2.4"})}};
    std::set<std::string> orders;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        orders.insert(order(route, seed));
        CHECK(order(route, seed) == order(route, seed));
        CHECK(order_of_tries(route, seed).back().host == 3);
    }
    CHECK(orders.size() == 6);
}

TEST_CASE("Mail does not come back to us, nor to who is no better", "[dns][rfc5321-5.1]") {
    auto alias = host("alias", 15, {});
    alias.canonical = "real";
    const MailRoute route{"example.org", RouteKind::mx,
                          {host("a", 10, {"192.0.2.1"}), alias, host("b", 20, {"192.0.2.2", "2001:db8::2"}), host("c", 20, {"192.0.2.3"}),
                           host("d", 30, {"192.0.2.4"})}};
    CHECK(order(route, 1, {{"b"}, {}}) == "0=192.0.2.1 ");
    CHECK(order(route, 1, {{"real"}, {}}) == "0=192.0.2.1 ");
    CHECK(order(route, 1, {{}, {parse_ip("2001:db8::2").value()}}) == "0=192.0.2.1 ");
    CHECK(order(route, 1, {{"a"}, {}}).empty());
    CHECK(order(route, 1, {{"elsewhere"}, {parse_ip("192.0.2.99").value()}}).size() > 60);
}

TEST_CASE("An MX that leads to the loopback leads to us, where that is so", "[dns][rfc5321-5.1]") {
    const std::string address = GENERATE("127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::");
    CAPTURE(address);
    const MailRoute route{"example.org", RouteKind::mx, {host("a", 10, {"192.0.2.1"}), host("b", 20, {address}), host("c", 30, {"192.0.2.3"})}};
    CHECK(order(route, 1, {{}, {}, /*has_loopback=*/true}) == "0=192.0.2.1 ");
    CHECK(order_of_tries(route, 1, {}).size() == 3);
}
