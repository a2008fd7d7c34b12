// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "base/fd.hpp"
#include "net/proxy.hpp"

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace mailpipe::net;

namespace {

const std::string signature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string header(char command, char family, const std::string& rest) {
    return signature + command + family + static_cast<char>(rest.size() >> 8) + static_cast<char>(rest.size() & 0xff) + rest;
}

const std::string v4_block = "\xc0\x00\x02\x07\x0a\x00\x00\x01\x12\x34\x00\x19"s;  // 192.0.2.7:4660 to 10.0.0.1:25
const std::string v6_block = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x07"s + std::string(15, '\0') + "\x01\x12\x34\x00\x19"s;

}  // namespace

TEST_CASE("A PROXY header of version 2 tells the source", "[net]") {
    struct Case { std::string header, source; };
    const auto c = GENERATE(values<Case>({
        {header('\x21', '\x11', v4_block), "192.0.2.7:4660"},
        {header('\x21', '\x21', v6_block), "[2001:db8::7]:4660"},
        {header('\x21', '\x11', v4_block + "\x04\x00\x03xyz"s), "192.0.2.7:4660"},  // with a TLV behind
        {header('\x20', '\0', ""), ""}, {header('\x20', '\x11', v4_block), ""}, {header('\x21', '\0', ""), ""},
        {header('\x21', '\x11', v4_block + std::string(max_proxy_rest_octets - v4_block.size(), 'x')), "192.0.2.7:4660"},
    }));
    const auto parsed = parse_proxy_header(c.header);
    REQUIRE(parsed);
    CHECK((parsed->source ? to_string(*parsed->source) : "") == c.source);
}

TEST_CASE("What is no PROXY header of version 2 is refused", "[net]") {
    const auto text = GENERATE(values<std::string>({
        "", "EHLO client.example\r\n", "PROXY TCP4 192.0.2.7 10.0.0.1 4660 25\r\n", signature, signature + "\x21\x11\x00"s,
        header('\x11', '\x11', v4_block), header('\x31', '\x11', v4_block), header('\x22', '\x11', v4_block),
        header('\x21', '\x12', v4_block), header('\x21', '\x31', std::string(216, 'a')), header('\x21', '\x11', v4_block.substr(1)),
        header('\x21', '\x11', ""), header('\x21', '\x21', v4_block), header('\x21', '\x11', v4_block) + "x",
        header('\x21', '\x11', v4_block).substr(0, 20), header('\x21', '\x11', std::string(max_proxy_rest_octets + 1, '\0')),
    }));
    CAPTURE(text);
    CHECK_FALSE(parse_proxy_header(text));
}

TEST_CASE("Reading the header takes not an octet of what follows", "[net]") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const mailpipe::Fd ours{ends[0]};
    const mailpipe::Fd peer{ends[1]};
    const std::string sent = header('\x21', '\x11', v4_block) + "EHLO x\r\n";
    REQUIRE(::send(peer.number(), sent.data(), sent.size(), 0) == static_cast<ssize_t>(sent.size()));
    Connection connection{ours.number(), ours.number(), parse_ip("127.0.0.1").value()};
    REQUIRE(read_proxy_header(connection, mailpipe::io::Deadline::after(5s)));
    CHECK(connection.address() == "192.0.2.7");
    CHECK(connection.port == 4660);
    CHECK_FALSE(connection.is_loopback());
    char rest[64];
    CHECK(::recv(ours.number(), rest, sizeof rest, MSG_DONTWAIT) == 8);
}

TEST_CASE("A header that does not come in time, or is cut off, ends the connection", "[net]") {
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    const mailpipe::Fd ours{ends[0]};
    mailpipe::Fd peer{ends[1]};
    const std::string sent = header('\x21', '\x11', v4_block).substr(0, 18);
    REQUIRE(::send(peer.number(), sent.data(), sent.size(), 0) == 18);
    Connection connection{ours.number(), ours.number()};
    const auto late = read_proxy_header(connection, mailpipe::io::Deadline::after(50ms));
    REQUIRE_FALSE(late);
    CHECK(timed_out(late.error()));
    REQUIRE(::send(peer.number(), sent.data(), sent.size(), 0) == 18);
    peer = mailpipe::Fd{};
    CHECK_FALSE(read_proxy_header(connection, mailpipe::io::Deadline::after(5s)));
}
