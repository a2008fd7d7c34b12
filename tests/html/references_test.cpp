// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "html/names.hpp"
#include "html/references.hpp"

using namespace mailpipe::html;

TEST_CASE("Character references are read as browsers read them", "[text][html]") {
    struct Case { std::string_view text; char32_t character; std::size_t octets; };
    const auto c = GENERATE(values<Case>({
        {"&amp;", '&', 5}, {"&amp", '&', 4}, {"&AMP;x", '&', 5}, {"&lt;b>", '<', 4},
        {"&eacute;", 0xe9, 8}, {"&Eacute;", 0xc9, 8}, {"&eacutes", 0xe9, 7},
        {"&hellip;", 0x2026, 8}, {"&hellip", 0, 0}, {"&zwnj;", 0x200c, 6}, {"&apos;", '\'', 6}, {"&rsquo;", 0x2019, 7},
        {"&ZeroWidthSpace;", 0x200b, 16},
        {"&notin;", 0x2209, 7}, {"&notit;", 0xac, 4}, {"&not", 0xac, 4},  // the longest that is known
        {"&", 0, 0}, {"&;", 0, 0}, {"& x", 0, 0}, {"&nobody;", 0, 0}, {"&EACUTE;", 0, 0}, {"&\xc3\xa9;", 0, 0},
        {"&#65;", 'A', 5}, {"&#65", 'A', 4}, {"&#65x", 'A', 4}, {"&#x41;", 'A', 6}, {"&#X4a;", 'J', 6}, {"&#x4aG", 'J', 5},
        {"&#", 0, 0}, {"&#;", 0, 0}, {"&#x", 0, 0}, {"&#x;", 0, 0}, {"&#xg", 0, 0}, {"&#a", 0, 0},
        {"&#128;", 0x20ac, 6}, {"&#x80;", 0x20ac, 6}, {"&#146;", 0x2019, 6}, {"&#159;", 0x178, 6}, {"&#129;", 0x81, 6},
        {"&#160;", 0xa0, 6}, {"&#8203;", 0x200b, 7}, {"&#x1F4E7;", 0x1f4e7, 9},
        {"&#0;", 0xfffd, 4}, {"&#xd800;", 0xfffd, 8}, {"&#xdfff;", 0xfffd, 8}, {"&#x10ffff;", 0x10ffff, 10},
        {"&#x110000;", 0xfffd, 10}, {"&#99999999999999999999;", 0xfffd, 23}, {"&#xffffffffff", 0xfffd, 13},
    }));
    CAPTURE(c.text);
    const auto reference = reference_at_front(c.text, ReferencePlace::text);
    CHECK(reference.octets == c.octets);
    if (c.octets > 0) CHECK(reference.character == c.character);
}

TEST_CASE("In an attribute a name without its end is often none", "[text][html]") {
    struct Case { std::string_view value, text; };
    const auto c = GENERATE(values<Case>({
        {"http://a.example/?a=1&copy=2&b=3", "http://a.example/?a=1&copy=2&b=3"},
        {"?a&copyb", "?a&copyb"}, {"?a&copy2", "?a&copy2"},
        {"?a&copy", "?a\xc2\xa9"}, {"?a&copy&b", "?a\xc2\xa9&b"}, {"?a&copy;=2", "?a\xc2\xa9=2"},
        {"?a=1&amp;b=2", "?a=1&b=2"}, {"&#104;ttp:", "http:"}, {"&#x26;amp;", "&amp;"}, {"&", "&"}, {"", ""},
    }));
    CAPTURE(c.value);
    CHECK(undo_references(c.value) == c.text);
}

TEST_CASE("Names without ';' are those of HTML 4's first half", "[text][html]") {
    for (const auto* name : {"nbsp", "yuml", "szlig", "quot", "THORN", "frac34"}) CHECK(find_name(name)->may_be_bare);
    for (const auto* name : {"euro", "alpha", "apos", "fnof", "diams", "Yuml", "shy_"}) {
        const auto* known = find_name(name);
        CHECK((known == nullptr || !known->may_be_bare));
    }
    CHECK(find_name("") == nullptr);
    CHECK(find_name("zzz") == nullptr);
}
