// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "base/utf8.hpp"

TEST_CASE("UTF-8 is well formed or it is not", "[base][rfc3629-4]") {
    struct Case { std::string_view octets; bool good; };
    const auto c = GENERATE(values<Case>({
        {"", true}, {"plain", true}, {"\xc3\xa9", true}, {"\xe2\x82\xac", true}, {"\xf0\x9f\x93\xa7", true},
        {"\xf4\x8f\xbf\xbf", true},       // U+10FFFF
        {"\xf4\x90\x80\x80", false},      // one more
        {"\xc0\xaf", false}, {"\xe0\x80\xaf", false}, {"\xf0\x80\x80\xaf", false},  // overlong
        {"\xed\x9f\xbf", true}, {"\xed\xa0\x80", false},                            // the first surrogate
        {"\x80", false}, {"\xc3", false}, {"\xe2\x82", false}, {"\xf0\x9f\x93", false}, {"\xc3(", false}, {"\xff", false},
    }));
    CAPTURE(c.octets);
    CHECK(mailpipe::is_utf8(c.octets) == c.good);
}

TEST_CASE("What is not UTF-8 is found wherever it stands", "[base][rfc3629-4]") {
    const std::string plain(40, 'x');
    for (std::size_t at = 0; at < plain.size(); ++at) {
        auto text = plain;
        text.replace(at, 1, "\xc3\xa9");
        CHECK(mailpipe::is_utf8(text));
        text.replace(at, 2, "\xe9");
        CHECK_FALSE(mailpipe::is_utf8(text));
    }
}

TEST_CASE("ASCII ends where the first octet of 8 bits stands", "[base]") {
    for (std::size_t at = 0; at < 20; ++at) {
        auto text = std::string(at, '\x7f') + "\x80" + std::string(20, 'x');
        CHECK(mailpipe::ascii_octets(text) == at);
        CHECK(mailpipe::ascii_octets(text.substr(0, at)) == at);
    }
}

TEST_CASE("Characters are put together and taken apart again", "[base][rfc3629-3]") {
    for (const char32_t character : {0x0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff}) {
        std::string text;
        mailpipe::append_character(text, character);
        CHECK(mailpipe::is_utf8(text));
        text += 'x';
        std::string_view left{text};
        CHECK(mailpipe::take_character(left) == character);
        CHECK(left == "x");
    }
}

TEST_CASE("What a terminal would obey is found wherever it stands", "[base]") {
    for (std::size_t at = 0; at < 40; ++at) {
        for (const char c : {'\0', '\x08', '\x1b', '\x1f', '\x7f', '\x80', '\xff'}) {
            std::string text(40, '~');
            text[(at + 3) % text.size()] = '\n';
            text[at] = c;
            auto shown = text;
            shown[at] = '?';
            CHECK(mailpipe::for_terminal(text) == shown);
        }
    }
}

TEST_CASE("A terminal gets nothing that it would obey", "[base]") {
    using mailpipe::for_terminal;
    CHECK(for_terminal("a\tb\n\x1b[2J\r\x7f\x01") == "a\tb\n?[2J???");
    CHECK(for_terminal("\xc2\x9b" "2J\xc2\x80\xc2\x9f\xc2\xa0") == "?2J??\xc2\xa0");
    CHECK(for_terminal("gr\xc3\xbc\xc3\x9f \xe2\x82\xac") == "gr\xc3\xbc\xc3\x9f \xe2\x82\xac");
    CHECK(for_terminal("\x9b" "2J\xff\xc3") == "?2J??");
    CHECK(for_terminal("\xe2\x80\xa7" "a\xe2\x80\xa8" "b\xe2\x80\xa9" "c") == "\xe2\x80\xa7" "a?b?c");
    CHECK(for_terminal("a\xe2\x80\xaa" "b\xe2\x80\xae" "c\xe2\x80\xaf") == "a?b?c\xe2\x80\xaf");
    CHECK(for_terminal("\xe2\x81\xa5" "a\xe2\x81\xa6" "b\xe2\x81\xa9" "c\xe2\x81\xaa") == "\xe2\x81\xa5" "a?b?c\xe2\x81\xaa");
}
