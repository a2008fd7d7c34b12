// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>

#include "text/xtext.hpp"

using namespace mailpipe::text;

TEST_CASE("xtext is decoded strictly", "[text][rfc3461-4]") {
    struct Case { std::string_view xtext; std::optional<std::string_view> octets; };
    const auto c = GENERATE(values<Case>({
        {"", ""}, {"abc", "abc"}, {"a+2Bb+3Dc", "a+b=c"}, {"+C3+A9", "\xc3\xa9"}, {"!~", "!~"}, {"+00", std::string_view{"\0", 1}},
        {"+2b", {}},  // lower case
        {"+", {}}, {"+2", {}}, {"a=b", {}}, {"a b", {}}, {"\x7f", {}}, {"\xc3\xa9", {}},
    }));
    CAPTURE(c.xtext);
    const auto got = xtext_decode(c.xtext);
    REQUIRE(got.has_value() == c.octets.has_value());
    if (got) CHECK(*got == *c.octets);
}

TEST_CASE("Any octets survive xtext", "[text][rfc3461-4]") {
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    CHECK(xtext_decode(xtext_encode(all)).value() == all);
    CHECK(xtext_encode("a+b=c d") == "a+2Bb+3Dc+20d");
}
