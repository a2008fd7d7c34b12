// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "smtp/reply.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

std::string wire(const Reply& reply) {
    test::MemoryStream stream;
    io::Channel channel{stream};
    write(channel, reply);
    REQUIRE(channel.flush());
    return stream.output;
}

}  // namespace

TEST_CASE("Each line of a reply has the code, and the enhanced one", "[smtp][rfc5321-4.2][rfc2034-4]") {
    CHECK(wire({250, "2.1.0", "ok"}) == "250 2.1.0 ok\r\n");
    CHECK(wire({250, "", "mx.example\nSIZE\nDSN"}) == "250-mx.example\r\n250-SIZE\r\n250 DSN\r\n");
    CHECK(wire({550, "5.7.1", "no\nnever"}) == "550-5.7.1 no\r\n550 5.7.1 never\r\n");
    CHECK(wire({334, "", ""}) == "334 \r\n");
}

TEST_CASE("A reply is printable ASCII in lines of 512 octets", "[smtp][rfc5321-4.2][rfc5321-4.5.3.1.5]") {
    CHECK(wire({550, "5.7.1", "a\r\xc3\xa9\x1b[b\tc"}) == "550 5.7.1 a????[b\tc\r\n");
    const std::string most(512 - std::string_view{"550 5.7.1 \r\n"}.size(), 'x');
    CHECK(wire({550, "5.7.1", most}) == "550 5.7.1 " + most + "\r\n");
    CHECK(wire({550, "5.7.1", most + 'y'}) == "550 5.7.1 " + most + "\r\n");
}

TEST_CASE("A reply is one line in the log", "[smtp]") {
    CHECK(to_string({550, "5.1.1", "no such user"}) == "550 5.1.1 no such user");
    CHECK(to_string({250, "", "a\nb"}) == "250 a b");
    CHECK(to_string({354, "", ""}) == "354");
}
