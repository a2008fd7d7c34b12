// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "base/utf8.hpp"
#include "text/charset.hpp"

using namespace mailpipe::text;

TEST_CASE("Charsets of mail become UTF-8", "[text]") {
    struct Case { std::string_view octets, charset, text; };
    const auto c = GENERATE(values<Case>({
        {"plain", "us-ascii", "plain"},
        {"\xc3\xa9", "UTF-8", "\xc3\xa9"},
        {"\xe9", "iso-8859-1", "\xc3\xa9"},
        {"\xa4", " ISO-8859-15 ", "\xe2\x82\xac"},
        {"\x80", "windows-1252", "\xe2\x82\xac"},
        {"\xc4\xe3\xba\xc3", "gb2312", "\xe4\xbd\xa0\xe5\xa5\xbd"},
        {"\x1b$B$\"\x1b(B", "iso-2022-jp", "\xe3\x81\x82"},
        {"\xf0\xd2", "koi8-r", "\xd0\x9f\xd1\x80"},
        {"", "koi8-r", ""},
        // wrong ones
        {"\xe9t\xe9", "utf-8", "\xc3\xa9t\xc3\xa9"},
        {"\xe9", "us-ascii", "\xc3\xa9"},
        {"\xe9", "x-unknown", "\xc3\xa9"},
        {"\xc3\xa9", "x-unknown", "\xc3\xa9"},
        {"plain", "x-unknown", "plain"},
        {"plain", "", "plain"},
        {"a+AGE-", "utf-7", "a+AGE-"},
        {"\x81\x20", "shift_jis", "\xc2\x81 "},
        {"\xe3", "euc-jp", "\xc3\xa3"},
        {"x", "utf-8//TRANSLIT", "x"},
        {"\x93quoted\x94", "x-nobody", "\xe2\x80\x9cquoted\xe2\x80\x9d"},
    }));
    CAPTURE(c.octets, c.charset);
    CHECK(to_utf8(c.octets, c.charset) == c.text);
}

TEST_CASE("A long text is converted whole", "[text]") {
    const std::string octets(100'001, '\xe9');
    const auto text = to_utf8(octets, "iso-8859-2");
    CHECK(text.size() == 200'002);
    CHECK(to_utf8(std::string(5000, '\xff') , "iso-2022-jp").size() == 10'000);
}

TEST_CASE("nothing is written in every charset, and takes no time", "[text]") {
    for (const auto* charset : {"iso-2022-kr", "iso-2022-jp", "utf-16", "us-ascii", "koi8-r"}) {
        CAPTURE(charset);
        const auto text = mailpipe::text::from_utf8("", charset);
        REQUIRE(text);
        CHECK(text->size() <= 4);  // a mark or a designator
    }
}

TEST_CASE("what comes out is UTF-8, whatever iconv(3) makes of a charset", "[text][rfc3629-3]") {
    // It passes over the '+', and takes U+110000 and more.
    CHECK(mailpipe::text::to_utf8("x\xf6\x97\x97\x97y", "ut+f-8") == "x\xc3\xb6\xe2\x80\x94\xe2\x80\x94\xe2\x80\x94y");
    for (const auto* charset : {"ucs-4", "ucs-4le", "utf-32", "utf-16", "ucs-2", "wchar_t", "unicode", "utf-7-imap"}) {
        CAPTURE(charset);
        std::string octets;
        for (int n = 0; n < 4096; ++n) octets += static_cast<char>(n * 31 >> (n % 5));
        CHECK(mailpipe::is_utf8(mailpipe::text::to_utf8(octets, charset)));
    }
}

TEST_CASE("A charset is known or not", "[text]") {
    for (const auto* name : {"UTF-8", "us-ascii", " utf8 ", "ISO-8859-1", "koi8-r", "x-sjis"}) CHECK(mailpipe::text::is_known_charset(name));
    for (const auto* name : {"", "UTF-7", "x-unknown", "utf-8//IGNORE", "a b"}) CHECK_FALSE(mailpipe::text::is_known_charset(name));
}
