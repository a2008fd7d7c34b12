// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "io/dot_stuffing.hpp"
#include "support/memory_stream.hpp"

using namespace mailpipe;

namespace {

std::string stuffed(std::string_view text, std::size_t piece, io::BareCr bare_cr = io::BareCr::line_end) {
    test::MemoryStream stream;
    io::Channel channel{stream};
    io::DotStuffer stuffer{channel, bare_cr};
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) stuffer.write(text.substr(0, piece));
    stuffer.finish();
    REQUIRE(channel.flush());
    return stream.output;
}

}  // namespace

TEST_CASE("A message goes out with CRLF, stuffed dots and a final dot", "[io][rfc5321-4.5.2]") {
    struct Case { std::string_view text, wire; };
    const auto c = GENERATE(values<Case>({
        {"", ".\r\n"},
        {"a\n", "a\r\n.\r\n"},
        {"a", "a\r\n.\r\n"},
        {"a\r\nb\r\n", "a\r\nb\r\n.\r\n"},
        {".\n", "..\r\n.\r\n"},
        {"..\n.a\nb.\n", "...\r\n..a\r\nb.\r\n.\r\n"},
        {"\n\n", "\r\n\r\n.\r\n"},
        {"a\r.\rb", "a\r\n..\r\nb\r\n.\r\n"},
        {"a\r\r\nb\n\rc\n", "a\r\n\r\nb\r\n\r\nc\r\n.\r\n"},
        {"\r", "\r\n.\r\n"},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.text, piece);
    CHECK(stuffed(c.text, piece) == c.wire);
}

TEST_CASE("POP3 gets a bare CR as it stands", "[io][rfc1939-3]") {
    struct Case { std::string_view text, wire; };
    const auto c = GENERATE(values<Case>({
        {"a\r\nb\r\n", "a\r\nb\r\n.\r\n"},
        {"a\r.\rb", "a\r.\rb\r\n.\r\n"},
        {"a\r\r\nb\n\rc\n", "a\r\r\nb\r\n\rc\r\n.\r\n"},
        {"\r", "\r\r\n.\r\n"},
        {".\r\n..\n", "..\r\n...\r\n.\r\n"},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.text, piece);
    CHECK(stuffed(c.text, piece, io::BareCr::keep) == c.wire);
}

TEST_CASE("A long message grows threefold at most, and no piece too long", "[io]") {
    CHECK(stuffed(std::string(100'000, '\n'), SIZE_MAX).size() == 200'003);
    std::string dots;
    for (int i = 0; i < 50'000; ++i) dots += ".\r";
    CHECK(stuffed(dots, SIZE_MAX).size() == 50'000 * 4 + 3);
}

TEST_CASE("One stuffer sends message after message", "[io]") {
    test::MemoryStream stream;
    io::Channel channel{stream};
    io::DotStuffer stuffer{channel};
    stuffer.write("a\r");
    stuffer.finish();
    stuffer.write("\n.");
    stuffer.finish();
    REQUIRE(channel.flush());
    CHECK(stream.output == "a\r\n.\r\n\r\n..\r\n.\r\n");
}
