// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/charset.hpp"

using namespace mailpipe::text;

TEST_CASE("Charsets of mail become UTF-8", "[text]") {
    struct Case { std::string_view octets, charset, text; bool is_sound; };
    const auto c = GENERATE(values<Case>({
        {"plain", "us-ascii", "plain", true},
        {"\xc3\xa9", "UTF-8", "\xc3\xa9", true},
        {"\xe9", "iso-8859-1", "\xc3\xa9", true},
        {"\xa4", " ISO-8859-15 ", "\xe2\x82\xac", true},
        {"\x80", "windows-1252", "\xe2\x82\xac", true},
        {"\xc4\xe3\xba\xc3", "gb2312", "\xe4\xbd\xa0\xe5\xa5\xbd", true},
        {"\x1b$B$\"\x1b(B", "iso-2022-jp", "\xe3\x81\x82", true},
        {"\xf0\xd2", "koi8-r", "\xd0\x9f\xd1\x80", true},
        {"", "koi8-r", "", true},
        // wrong ones
        {"\xe9t\xe9", "utf-8", "\xc3\xa9t\xc3\xa9", false},
        {"\xe9", "us-ascii", "\xc3\xa9", false},
        {"\xe9", "x-unknown", "\xc3\xa9", false},
        {"\xc3\xa9", "x-unknown", "\xc3\xa9", false},
        {"plain", "x-unknown", "plain", true},
        {"plain", "", "plain", true},
        {"a+AGE-", "utf-7", "a+AGE-", true},
        {"\x81\x20", "shift_jis", "\xc2\x81 ", false},
        {"\xe3", "euc-jp", "\xc3\xa3", false},
        {"x", "utf-8//TRANSLIT", "x", true},
        {"\x93quoted\x94", "x-nobody", "\xe2\x80\x9cquoted\xe2\x80\x9d", false},
    }));
    CAPTURE(c.octets, c.charset);
    const auto converted = convert(c.octets, c.charset);
    CHECK(converted.text == c.text);
    CHECK(converted.is_sound == c.is_sound);
}

TEST_CASE("A long text is converted whole", "[text]") {
    const std::string octets(100'001, '\xe9');
    const auto text = to_utf8(octets, "iso-8859-2");
    CHECK(text.size() == 200'002);
    CHECK(to_utf8(std::string(5000, '\xff') , "iso-2022-jp").size() == 10'000);
}
