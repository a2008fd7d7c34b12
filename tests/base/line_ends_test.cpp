// SPDX-License-Identifier: ISC
#include "base/line_ends.hpp"

#include <string>

#include "support/catch.hpp"

using mailpipe::count_line_ends;
using mailpipe::LineEnds;

TEST_CASE("a LF is bare where no CR is before it", "[base]") {
    struct Case { std::string_view text; char before; LineEnds ends; };
    const auto c = GENERATE(values<Case>({
        {"", '\r', {0, 0}}, {"\n", '\0', {1, 1}}, {"\n", '\r', {1, 0}}, {"\r\n", '\0', {1, 0}},
        {"\r\r\n\n", '\0', {2, 1}}, {"a\nb\r\nc\rd\n", '\r', {3, 2}},
    }));
    CAPTURE(c.text);
    CHECK(count_line_ends(c.text, c.before) == c.ends);
}

TEST_CASE("line ends are counted wherever in a long text they stand", "[base]") {
    for (std::size_t at = 0; at < 300; ++at) {
        std::string text(400, 'x');
        text[at] = text[399] = '\n';
        CHECK(count_line_ends(text, '\0') == LineEnds{2, 2});
        if (at > 0) text[at - 1] = '\r';
        CHECK(count_line_ends(text, '\r') == LineEnds{2, 1});
    }
    CHECK(count_line_ends(std::string(100'000, '\n'), '\0') == LineEnds{100'000, 100'000});
}
