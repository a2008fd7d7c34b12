// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "net/children.hpp"

using namespace mailpipe::net;
using Verdict = Children::Verdict;

TEST_CASE("Children are counted in all and per client", "[net]") {
    const Limits limits{3, 2};
    const auto a = parse_ip("192.0.2.1").value();
    const auto b = parse_ip("192.0.2.2").value();
    Children children;
    CHECK(children.admits(a, limits) == Verdict::welcome);
    children.started(1, a);
    CHECK(children.admits(a, limits) == Verdict::welcome);
    children.started(2, a);
    CHECK(children.admits(a, limits) == Verdict::too_many_of_client);
    CHECK(children.admits(b, limits) == Verdict::welcome);
    CHECK(children.admits(std::nullopt, limits) == Verdict::welcome);
    children.started(3, std::nullopt);
    CHECK(children.admits(b, limits) == Verdict::too_many);
    CHECK(children.admits(std::nullopt, limits) == Verdict::too_many);
    children.ended(4);  // not ours
    CHECK(children.count() == 3);
    children.ended(1);
    CHECK(children.admits(a, limits) == Verdict::welcome);
    children.ended(2);
    children.ended(3);
    CHECK(children.count() == 0);
}

TEST_CASE("Addresses of one IPv6 /64 are one client", "[net]") {
    Children children;
    children.started(1, parse_ip("2001:db8::1").value());
    CHECK(children.admits(parse_ip("2001:db8::2").value(), {9, 1}) == Verdict::too_many_of_client);
    CHECK(children.admits(parse_ip("2001:db8:0:1::2").value(), {9, 1}) == Verdict::welcome);
}
