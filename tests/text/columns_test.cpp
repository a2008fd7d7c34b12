// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/columns.hpp"

using mailpipe::text::columns;

TEST_CASE("Text is as wide as a terminal shows it", "[text]") {
    struct Case { std::string_view text; std::size_t columns; };
    const auto c = GENERATE(values<Case>({
        {"", 0}, {"plain", 5},
        {"gr\xc3\xbc\xc3\x9f", 4},
        {"e\xcc\x81", 1},                          // e, combining acute
        {"\xe4\xbd\xa0\xe5\xa5\xbd", 4},           // two ideographs
        {"\xef\xbc\xa1\xef\xbd\xb1", 3},           // fullwidth A, halfwidth katakana
        {"\xed\x95\x9c", 2},                       // a Hangul syllable
        {"\xf0\x9f\x93\xa7", 2},                   // an envelope
        {"\xe2\x80\x8b\xe2\x80\x8d\xef\xbb\xbf", 0},  // zero width space, joiner, BOM
        {"a\xc2\x9b" "b\x01\x7f", 5},              // controls: for_terminal() shows '?'
        {"\xff\xc3", 2},                           // no UTF-8
        {"\t", 8}, {"1234567\t", 8}, {"12345678\t", 16},
    }));
    CAPTURE(c.text);
    CHECK(columns(c.text) == c.columns);
}

TEST_CASE("A tab counts from where the text begins", "[text]") {
    CHECK(columns("\tx", 3) == 6);
    CHECK(columns("\t", 8) == 8);
}
