// SPDX-License-Identifier: ISC
#include "text/casemap.hpp"

#include "support/catch.hpp"

using mailpipe::text::casemapped;

TEST_CASE("text is titlecased and decomposed", "[text][rfc5051-2]") {
    struct Case { std::string_view text, key; };
    const auto c = GENERATE(values<Case>({
        {"", ""},
        {"Hello, world 42 [x] `{", "HELLO, WORLD 42 [X] `{"},
        {"\xc7\x84", "Dz\xcc\x8c"},                      // U+01C4, the RFC's own example
        {"\xc7\x86", "Dz\xcc\x8c"},                      // U+01C6, its small letter
        {"\xc3\xa4\xc3\x84", "A\xcc\x88" "A\xcc\x88"},   // ä Ä
        {"a\xcc\x88", "A\xcc\x88"},                      // decomposed already
        {"\xc3\x9f", "\xc3\x9f"},                        // ß has no simple mapping
        {"\xc5\xbf\xc4\xb1", "SI"},                      // long s, dotless i
        {"\xef\xbd\x81", "A"},                           // fullwidth a: its title has a decomposition
        {"\xef\xac\x81", "fi"},                          // the ligature has no titlecase
        {"\xd0\xbf\xd1\x80\xd0\xb8", "\xd0\x9f\xd0\xa0\xd0\x98"},
        {"\xea\xb0\x80", "\xe1\x84\x80\xe1\x85\xa1"},    // a Hangul syllable
        {"\xe4\xb8\xad", "\xe4\xb8\xad"},
        {"\xf0\x90\x90\xa8", "\xf0\x90\x90\x80"},        // Deseret
        {"caf\xe9", "CAFE\xcc\x81"},                     // not UTF-8
    }));
    CAPTURE(c.text);
    CHECK(casemapped(c.text) == c.key);
}

TEST_CASE("every character has a key, and a key is its own but where a part had no title", "[text][rfc5051-2]") {
    for (unsigned octet = 0; octet < 256; ++octet) CHECK(!casemapped(std::string(1, static_cast<char>(octet))).empty());
    CHECK(casemapped("\xef\xb7\xba").size() == 33);  // U+FDFA, the longest one
}
