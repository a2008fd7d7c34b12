// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "pop3/top_lines.hpp"

using mailpipe::pop3::TopLines;

TEST_CASE("TOP stops behind the header and so many lines", "[pop3][rfc1939-7]") {
    struct Case { std::string_view text; std::uint32_t lines; std::string_view top; };
    const auto c = GENERATE(values<Case>({
        {"a: b\n\nc\nd\n", 0, "a: b\n\n"},
        {"a: b\n\nc\nd\n", 1, "a: b\n\nc\n"},
        {"a: b\n\nc\nd\n", 2, "a: b\n\nc\nd\n"},
        {"a: b\n\nc\nd\n", 4294967295, "a: b\n\nc\nd\n"},
        {"a: b\n\n\n\nd\n", 2, "a: b\n\n\n\n"},
        {"a: b\r\n\r\nc\r\nd\r\n", 1, "a: b\r\n\r\nc\r\n"},
        {"\nc\nd\n", 1, "\nc\n"},
        {"a: b\nno empty line\n", 0, "a: b\nno empty line\n"},
        {"a: b\n\nno end", 1, "a: b\n\nno end"},
        {"", 5, ""},
    }));
    const auto piece = GENERATE(std::size_t{1}, 2, 3, 1000);
    CAPTURE(c.text, c.lines, piece);
    TopLines lines{c.lines};
    std::string top;
    for (auto left = c.text; !left.empty() && !lines.done(); left.remove_prefix(std::min(piece, left.size()))) {
        const auto part = left.substr(0, piece);
        top += part.substr(0, lines.take(part));
    }
    CHECK(top == c.top);
}
