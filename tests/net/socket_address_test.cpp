// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "net/socket_address.hpp"

using namespace std::string_literals;
using namespace mailpipe::net;

TEST_CASE("A socket's address goes there and back", "[net]") {
    struct Case { std::string text; int family; std::uint16_t port; };
    const auto c = GENERATE(values<Case>({
        {"127.0.0.1:25", AF_INET, 25}, {"[::1]:25", AF_INET6, 25}, {"0.0.0.0:0", AF_INET, 0}, {"[2001:db8::1]:65535", AF_INET6, 65535},
        {"*:587", AF_INET6, 587}, {"unix:/run/mailpipe/smtp", AF_UNIX, 0}, {"unix:/a:b", AF_UNIX, 0},
    }));
    CAPTURE(c.text);
    const auto address = parse_socket_address(c.text);
    REQUIRE(address);
    CHECK(to_string(*address) == c.text);
    CHECK(address->family() == c.family);
    CHECK(address->port() == c.port);
    CHECK(address->is_unix() == (c.family == AF_UNIX));
}

TEST_CASE("The longest path of a socket has 107 octets", "[net]") {
    CHECK(parse_socket_address("unix:/" + std::string(106, 'a'))->path().size() == 107);
    CHECK_FALSE(parse_socket_address("unix:/" + std::string(107, 'a')));
}

TEST_CASE("An address that can't be meant is a wrong configuration", "[net]") {
    const std::string text = GENERATE(values<std::string>({
        "", "25", ":25", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:smtp", "127.0.0.1: 25", "::1:25", "2001:db8::1:25",
        "[::1]", "[::1]25", "[]:25", "[*]:25", "localhost:25", "mx.example:25", "unix:", "unix:relative", "unix:@abstract", "unix:/a\0b"s,
    }));
    CAPTURE(text);
    const auto address = parse_socket_address(text);
    REQUIRE_FALSE(address);
    CHECK(mailpipe::exit_status(address.error()) == mailpipe::ExitStatus::configuration);
}
