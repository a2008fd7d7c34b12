// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "smtp/read_reply.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

namespace {

Result<Reply> read(std::string wire, std::size_t piece = SIZE_MAX) {
    test::MemoryStream stream{std::move(wire), piece};
    io::Channel channel{stream};
    return read_reply(channel, io::Deadline::after(std::chrono::seconds{1}));
}

}  // namespace

TEST_CASE("Replies of one line and of many are read", "[smtp][rfc5321-4.2.1]") {
    struct Case { std::string_view wire; int code; std::string_view enhanced, text; };
    const auto c = GENERATE(values<Case>({
        {"250 ok\r\n", 250, "", "ok"},
        {"250\r\n", 250, "", ""},
        {"250 \r\n", 250, "", ""},
        {"250 2.1.0 ok\r\n", 250, "2.1.0", "ok"},
        {"550-5.7.26 no\r\n550 5.7.26 never\r\n", 550, "5.7.26", "no\nnever"},
        {"250-mx.example\r\n250-SIZE 1\r\n250 DSN\r\n", 250, "", "mx.example\nSIZE 1\nDSN"},
        {"550 4.1.1 not its class\r\n", 550, "", "4.1.1 not its class"},
        {"250 2.1 two numbers\r\n", 250, "", "2.1 two numbers"},
        {"250 2.1.1000 too long\r\n", 250, "", "2.1.1000 too long"},
        {"250 192.0.2.1\r\n", 250, "", "192.0.2.1"},
        {"221 2.0.0\r\n", 221, "2.0.0", ""},
        {"250 ok\n", 250, "", "ok"},
    }));
    const auto piece = GENERATE(std::size_t{1}, 1000);
    CAPTURE(c.wire);
    const auto got = read(std::string(c.wire), piece);
    REQUIRE(got);
    CHECK(got->code == c.code);
    CHECK(got->enhanced == c.enhanced);
    CHECK(got->text == c.text);
}

TEST_CASE("What is no reply is a temporary failure", "[smtp][rfc5321-4.2]") {
    const std::string_view wire = GENERATE("", "250 ok", "hello\r\n", "25 ok\r\n", "150 ok\r\n", "650 ok\r\n", "250+ok\r\n",
                                           "250-a\r\n251 b\r\n", "250-a\r\n", "\r\n", "2500\r\n");
    CAPTURE(wire);
    const auto got = read(std::string(wire));
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == Fault::transient);
}

TEST_CASE("Replies have limits", "[smtp]") {
    const auto line = [](std::size_t octets) { return "250 " + std::string(octets - 6, 'x') + "\r\n"; };
    CHECK(read(line(max_reply_line_octets)));
    CHECK_FALSE(read(line(max_reply_line_octets + 1)));
    const auto lines = [](std::size_t n) {
        std::string wire;
        for (std::size_t i = 1; i < n; ++i) wire += "250-x\r\n";
        return wire + "250 x\r\n";
    };
    CHECK(read(lines(max_reply_lines)));
    CHECK_FALSE(read(lines(max_reply_lines + 1)));
}

TEST_CASE("A megabyte of reply is an error, in one line or in many", "[smtp]") {
    constexpr std::size_t megabyte = 1024 * 1024;
    CHECK(read("250 " + std::string(megabyte, 'x') + "\r\n").error().what == "peer's reply is too long");
    CHECK(read("250 " + std::string(megabyte, 'x')).error().what == "peer's reply is too long");
    std::string wire;
    while (wire.size() < megabyte) wire += "250-" + std::string(1000, 'x') + "\r\n";
    CHECK(read(wire + "250 x\r\n").error().what == "peer's reply has too many lines");
}

TEST_CASE("An enhanced code counts where its class is the reply's, and goes where every line has it", "[smtp][rfc2034-4]") {
    struct Case { std::string_view wire, enhanced, text; };
    const auto c = GENERATE(values<Case>({
        {"550-5.1.1 a\r\n550-5.1.1 b\r\n550 5.1.1\r\n", "5.1.1", "a\nb\n"},
        {"550-5.1.1 a\r\n550 5.7.1 b\r\n", "5.1.1", "a\n5.7.1 b"},
        {"550-a\r\n550 5.1.1 b\r\n", "", "a\n5.1.1 b"},
        {"450 5.1.1 a\r\n", "", "5.1.1 a"}, {"250 4.0.0 a\r\n", "", "4.0.0 a"}, {"354 3.0.0 a\r\n", "3.0.0", "a"},
        {"550 5.001.1 a\r\n", "5.001.1", "a"}, {"550 5..1 a\r\n", "", "5..1 a"}, {"550 5.1. a\r\n", "", "5.1. a"},
    }));
    CAPTURE(c.wire);
    const auto got = read(std::string(c.wire));
    REQUIRE(got);
    CHECK(got->enhanced == c.enhanced);
    CHECK(got->text == c.text);
}
