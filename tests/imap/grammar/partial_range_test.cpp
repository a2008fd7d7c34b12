// SPDX-License-Identifier: ISC
#include "imap/grammar/partial_range.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

TEST_CASE("A page is told the way that it was asked for, the smaller number first", "[imap][rfc9394-4]") {
    struct Case { std::string_view text, told; };
    const auto c = GENERATE(values<Case>({{"1:100", "1:100"}, {"100:1", "1:100"}, {"-1:-100", "-1:-100"}, {"-100:-1", "-1:-100"}, {"7:7", "7:7"}}));
    imap::Arguments in{"", c.text, imap::Utf8::off};
    CHECK(to_string(imap::take_partial_range(in)) == c.told);
    CHECK(in.finish(true));
}

TEST_CASE("A page has what there is of it", "[imap][rfc9394-3.1]") {
    const std::vector<std::uint32_t> numbers{7, 3, 9};
    struct Case { imap::PartialRange range; std::vector<std::uint32_t> page; };
    const auto c = GENERATE(values<Case>({{{1, 2, false}, {7, 3}}, {{2, 9, false}, {3, 9}}, {{4, 9, false}, {}}, {{1, 2, true}, {3, 9}},
                                          {{3, 9, true}, {7}}, {{1, UINT32_MAX, true}, {7, 3, 9}}, {{4, 5, true}, {}}}));
    CAPTURE(to_string(c.range));
    CHECK(page(numbers, c.range) == c.page);
}
