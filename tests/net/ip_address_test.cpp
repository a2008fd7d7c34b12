// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "net/ip_address.hpp"

using namespace std::string_literals;
using namespace mailpipe::net;

TEST_CASE("An IP address is read and written in its one short form", "[net]") {
    struct Case { std::string text, plain, literal; bool loopback; };
    const auto c = GENERATE(values<Case>({
        {"192.0.2.1", "192.0.2.1", "192.0.2.1", false},
        {"127.0.0.1", "127.0.0.1", "127.0.0.1", true},
        {"127.255.1.2", "127.255.1.2", "127.255.1.2", true},
        {"::1", "::1", "IPv6:::1", true},
        {"IPv6:2001:DB8:0:0::1", "2001:db8::1", "IPv6:2001:db8::1", false},
        {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1", false},
        {"::ffff:127.0.0.1", "127.0.0.1", "127.0.0.1", true},
        {"::", "::", "IPv6:::", false},
        {"2001::1", "2001::1", "IPv6:2001::1", false},
    }));
    CAPTURE(c.text);
    const auto ip = parse_ip(c.text);
    REQUIRE(ip);
    CHECK(to_string(*ip) == c.plain);
    CHECK(to_literal(*ip) == c.literal);
    CHECK(ip->is_loopback() == c.loopback);
    CHECK(parse_ip(to_literal(*ip)).value() == *ip);
}

TEST_CASE("What is no IP address is refused", "[net]") {
    const std::string text = GENERATE(values<std::string>({
        "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", " 1.2.3.4", "1.2.3.4 ", "0x7f.1.1.1", "127.1", "[::1]", "IPv6:1.2.3.4", "IPv6:",
        ":::", "1::2::3", "fe80::1%lo", "localhost", "1.2.3.4\0x"s, "12345::",
    }));
    CAPTURE(text);
    CHECK_FALSE(parse_ip(text));
}

TEST_CASE("A network contains the addresses that share its prefix", "[net]") {
    struct Case { std::string network, address; bool inside; };
    const auto c = GENERATE(values<Case>({
        {"192.0.2.0/24", "192.0.2.255", true}, {"192.0.2.0/24", "192.0.3.0", false}, {"192.0.2.4/30", "192.0.2.7", true},
        {"192.0.2.4/30", "192.0.2.8", false}, {"192.0.2.1", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.2", false},
        {"192.0.2.1/32", "192.0.2.1", true}, {"0.0.0.0/0", "255.255.255.255", true}, {"0.0.0.0/0", "2001:db8::1", false},
        {"::/0", "2001:db8::1", true}, {"2001:db8::/33", "2001:db8:7fff::1", true}, {"2001:db8::/33", "2001:db8:8000::1", false},
        {"2001:db8::2/127", "2001:db8::3", true}, {"2001:db8::2/127", "2001:db8::4", false},
        {"fe80::/10", "febf::1", true}, {"fe80::/10", "fec0::1", false}, {"::/1", "8000::", false},
        {"::1", "::1", true}, {"::1/128", "127.0.0.1", false}, {"IPv6:2001:db8::/32", "2001:db8:1::", true},
    }));
    CAPTURE(c.network, c.address);
    const auto network = parse_network(c.network);
    REQUIRE(network);
    CHECK(network->contains(*parse_ip(c.address)) == c.inside);
}

TEST_CASE("A network that can't be meant is refused", "[net]") {
    const std::string text = GENERATE(values<std::string>({
        "192.0.2.1/24", "192.0.2.0/33", "192.0.2.0/", "192.0.2.0/-1", "192.0.2.0/24/24", "/24", "2001:db8::1/64", "2001:db8::/129", "10/8", "a",
    }));
    CAPTURE(text);
    CHECK_FALSE(parse_network(text));
}

TEST_CASE("A wrong prefix is told with the network that was meant", "[net]") {
    CHECK(parse_network("192.0.2.77/24").error().what == "'192.0.2.77/24' has bits set behind its prefix (the network is 192.0.2.0/24)");
    CHECK(parse_networks({"10.0.0.0/8", " ::1 "}).value().size() == 2);
    CHECK_FALSE(parse_networks({"10.0.0.0/8", ""}));
}

TEST_CASE("A client is an IPv4 address or an IPv6 /64", "[net]") {
    CHECK(client_key(*parse_ip("192.0.2.1")) != client_key(*parse_ip("192.0.2.2")));
    CHECK(client_key(*parse_ip("2001:db8::1")) == client_key(*parse_ip("2001:db8::ffff:1:2:3")));
    CHECK(client_key(*parse_ip("2001:db8::1")) != client_key(*parse_ip("2001:db8:0:1::1")));
}
