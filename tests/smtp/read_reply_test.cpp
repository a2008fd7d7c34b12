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

TEST_CASE("Of a line that is too long the code and its first octets count", "[smtp][rfc5321-4.5.3.1.5]") {
    const auto line = [](std::size_t octets) { return "250 2.0.0 " + std::string(octets - 12, 'x') + "\r\n"; };
    const auto piece = GENERATE(std::size_t{1}, 1000, 100'000);
    CHECK(read(line(max_reply_line_octets), piece)->text.size() == max_reply_line_octets - 12);
    for (const std::size_t octets : {max_reply_line_octets + 1, std::size_t{70'000}}) {
        const auto cut = read(line(octets), piece);
        REQUIRE(cut);
        CHECK(cut->code == 250);
        CHECK(cut->enhanced == "2.0.0");
        CHECK(cut->text == std::string(io::Channel::kept_octets - 10, 'x'));
    }
    const auto among_others = read("550-5.1.1 a\r\n550-5.1.1 " + std::string(3000, 'x') + "\r\n550 5.1.1 b\r\n", piece);
    REQUIRE(among_others);
    CHECK(among_others->text == "a\n" + std::string(io::Channel::kept_octets - 10, 'x') + "\nb");
}

TEST_CASE("A long line counts when its end has come", "[smtp][rfc5321-4.2]") {
    const std::string cut = "250 " + std::string(GENERATE(3000, 100'000), 'x');
    CHECK(read(cut).error().what == "peer closed the connection");
    CHECK(read(cut + "\n")->code == 250);
    CHECK(read("2" + std::string(3000, 'x') + "\r\n").error().what == "peer's reply is none");
}

TEST_CASE("What comes after a long line is not lost", "[smtp]") {
    test::MemoryStream stream{"250 " + std::string(3000, 'x') + "\r\n550 next\r\n"};
    io::Channel channel{stream};
    const auto deadline = io::Deadline::after(std::chrono::seconds{1});
    CHECK(read_reply(channel, deadline)->code == 250);
    CHECK(read_reply(channel, deadline)->text == "next");
}

TEST_CASE("Of more lines than are kept only the code is looked at", "[smtp]") {
    const auto lines = [](std::size_t n, std::string_view last) {
        std::string wire;
        for (std::size_t i = 1; i < n; ++i) wire += "250-x\r\n";
        return wire.append(last);
    };
    constexpr auto kept = 2 * max_reply_lines - 1;  // with the line ends between
    CHECK(read(lines(max_reply_lines, "250 x\r\n"))->text.size() == kept);
    CHECK(read(lines(max_reply_lines + 1, "250 x\r\n"))->text.size() == kept);
    CHECK(read(lines(max_reply_lines + 1, "550 x\r\n")).error().what == "peer's reply changes its code");
    CHECK(read(lines(max_reply_lines + 1, "what?\r\n")).error().what == "peer's reply is none");
    CHECK(read(lines(max_reply_lines + 1, "250 x")).error().what == "peer closed the connection");
    CHECK(read(lines(max_read_lines, "250 x\r\n"))->text.size() == kept);
    CHECK(read(lines(max_read_lines + 1, "250 x\r\n")).error().what == "peer's reply does not end");
}

TEST_CASE("A megabyte of reply is one, in one line or in many", "[smtp]") {
    constexpr std::size_t megabyte = 1024 * 1024;
    CHECK(read("250 " + std::string(megabyte, 'x') + "\r\n")->code == 250);
    std::string wire;
    while (wire.size() < megabyte) wire += "250-" + std::string(1000, 'x') + "\r\n";
    CHECK(read(wire + "250 x\r\n")->text.size() == 1001 * max_reply_lines - 1);
}

TEST_CASE("A reply has an end, in one line or in many", "[smtp]") {
    const auto piece = GENERATE(std::size_t{1000}, SIZE_MAX);
    const auto line = [](std::size_t octets) { return "250 " + std::string(octets - 6, 'x') + "\r\n"; };
    CHECK(read(line(max_reply_octets), piece)->code == 250);
    CHECK(read(line(max_reply_octets + 1), piece).error().what == "peer's reply does not end");
    const auto lines = "250-" + std::string(max_reply_octets / 2 - 6, 'x') + "\r\n";
    CHECK(read(lines + line(max_reply_octets - lines.size()), piece)->code == 250);
    CHECK(read(lines + line(max_reply_octets - lines.size() + 1), piece).error().what == "peer's reply does not end");
    CHECK(read("250-" + std::string(max_reply_octets, 'x'), piece).error().what == "peer's reply does not end");
}

TEST_CASE("Of a reply without an end no more is read than its limit", "[smtp]") {
    test::MemoryStream stream{"250-" + std::string(4 * max_reply_octets, 'x')};
    io::Channel channel{stream};
    CHECK_FALSE(read_reply(channel, io::Deadline::after(std::chrono::seconds{10})));
    std::size_t left = 0;
    for (auto come = channel.peek(io::Deadline::after({})); come && !come->empty(); come = channel.peek(io::Deadline::after({}))) {
        left += come->size();
        channel.consume(come->size());
    }
    CHECK(left >= 3 * max_reply_octets - io::Channel::input_octets);
}

TEST_CASE("What a peer has said before anybody waits for it is seen, and its end", "[smtp]") {
    test::MemoryStream stream{"250 a\r\n250 b\r\n", 7};
    io::Channel channel{stream};
    CHECK(look_ahead(channel) == Ahead::text);
    const auto deadline = io::Deadline::after(std::chrono::seconds{1});
    CHECK(read_reply(channel, deadline)->text == "a");
    CHECK(look_ahead(channel) == Ahead::text);
    CHECK(read_reply(channel, deadline)->text == "b");
    CHECK(look_ahead(channel) == Ahead::end);
    test::MemoryStream mute;
    mute.silent_at_end = true;
    io::Channel nobody{mute};
    CHECK(look_ahead(nobody) == Ahead::nothing);
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
