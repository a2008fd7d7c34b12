// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <random>

#include "base/ascii.hpp"
#include "text/encoded_word.hpp"

using mailpipe::text::decode_words;
using mailpipe::text::encode_words;

TEST_CASE("Encoded-words become UTF-8", "[text][rfc2047]") {
    struct Case { std::string_view value, text; };
    const auto c = GENERATE(values<Case>({
        {" plain text ", "plain text"},
        {"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>", "Keith Moore <moore@cs.utk.edu>"},
        {"=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=", "Keld J\xc3\xb8rn Simonsen"},
        {"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
         "If you can read this you understand the example."},
        {"(=?ISO-8859-1?Q?a?= b)", "(a b)"},  // the table of section 8
        {"(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)", "(ab)"},
        {"(=?ISO-8859-1?Q?a?=\n   =?ISO-8859-1?Q?b?=)", "(ab)"},
        {"(=?ISO-8859-1?Q?a_b?=)", "(a b)"},
        {"=?utf-8?q?=C3?= =?utf-8?b?qQ==?=", "\xc3\xa9"},  // a character in two
        {"=?utf-8?q?=C3?= x =?utf-8?q?=A9?=", "\xc3\x83 x \xc2\xa9"},
        {"=?iso-8859-1*fr?q?=e9?=", "\xc3\xa9"},
        {"a=?utf-8?q?b?=c", "abc"},  // no blanks around it, as some write
        {"=?utf-8?q?a b?=", "a b"},
        {"=?utf-8?q?a\r\n _b?=", "a b"},  // folded where it can't be
        {"=?utf-8?b?VGhpc\n yBpcw==?=", "This is"},
        {"=?utf-8?x?a?=", "=?utf-8?x?a?="},
        {"=?utf-8?q?a", "=?utf-8?q?a"},
        {"=?" "?q?a?=", "=?" "?q?a?="},
        {"=?utf-8?q?" "?=", ""},
        {"caf\xe9", "caf\xc3\xa9"},
        {"caf\xc3\xa9", "caf\xc3\xa9"},
    }));
    CAPTURE(c.value);
    CHECK(decode_words(c.value) == c.text);
}

TEST_CASE("A phrase keeps the blanks at its ends", "[text][rfc2047]") {
    CHECK(mailpipe::text::decode_phrase(" =?utf-8?q?a?= ") == " a ");
}

TEST_CASE("The length of an encoded-word is told, and a long one is none", "[text][rfc2047-2]") {
    using namespace mailpipe::text;
    CHECK(encoded_word_octets("=?utf-8?q?a,b?=c") == 15);
    CHECK(encoded_word_octets("x=?utf-8?q?a?=") == 0);
    CHECK(encoded_word_octets("=?utf-8?q?a") == 0);
    CHECK(encoded_word_octets("=?utf-8?q?" + std::string(988, 'a') + "?=") == 1000);
    CHECK(encoded_word_octets("=?utf-8?q?" + std::string(989, 'a') + "?=") == 0);
}

TEST_CASE("What only looks like encoded-words takes time in proportion", "[text][rfc2047]") {
    const std::string_view piece = GENERATE("=?a?q?b", "=? ?q?b", "=?", "=?a?q");
    std::string value;
    while (value.size() < 300'000) value += piece;
    CHECK(decode_words(value) == value);
    CHECK(decode_words(value + "?=").size() <= value.size() + 2);
}

TEST_CASE("What is not ASCII is written in encoded-words, in lines of 76", "[text][rfc2047]") {
    struct Case { std::string_view text, value; };
    const auto c = GENERATE(values<Case>({
        {"", ""},
        {" plain  text ", "plain  text"},
        {"caf\xc3\xa9teria a", "=?utf-8?q?caf=C3=A9teria?= a"},
        {"a caf\xc3\xa9 \xc3\xa9t\xc3\xa9", "a =?utf-8?b?Y2Fmw6kgw6l0w6k=?="},
        {"\xc3\xa9 a \xc3\xa9", "=?utf-8?b?w6k=?= a =?utf-8?b?w6k=?="},
        {"=?utf-8?q?x?=", "=?utf-8?b?PT91dGYtOD9xP3g/PQ==?="},
        {"caf\xe9", "=?utf-8?b?Y2Fmw6k=?="},
        {"a\x01", "=?utf-8?q?a=01?="},
    }));
    CAPTURE(c.text);
    CHECK(encode_words(c.text, 9) == c.value);
}

TEST_CASE("A line is broken at a blank, and before the 77th octet", "[text][rfc2047-2]") {
    CHECK(encode_words(std::string(40, 'a') + " " + std::string(40, 'b'), 9) == std::string(40, 'a') + "\n " + std::string(40, 'b'));
    CHECK(encode_words(std::string(90, 'a') + " b", 9) == std::string(90, 'a') + "\n b");
    CHECK(encode_words("\xc3\xa9", 70) == "\n =?utf-8?b?w6k=?=");
    CHECK(encode_words("\xc3\xa9\xc3\xa9", 59) == "=?utf-8?b?w6k=?=\n =?utf-8?b?w6k=?=");
}

TEST_CASE("Whatever the text, it is read back", "[text][rfc2047]") {
    constexpr std::string_view odd[] = {" ", "  ", "\t", "a", "word", "=?", "?=", "_", "=", "\xc3\xa9", "\xf0\x9f\x98\x80", "\xd0\xbf", "?", "=?utf-8?q?x?=", "\x01"};
    std::mt19937 random{1};
    for (int n = 0; n < 2000; ++n) {
        std::string text;
        for (auto count = random() % 120; count > 0; --count) text += odd[random() % std::size(odd)];
        if (n % 50 == 0) text += std::string(random() % 2000, n % 100 == 0 ? ' ' : 'x') + "e";
        const auto column = random() % 80;
        const auto value = encode_words(text, column);
        CAPTURE(text, value);
        CHECK(decode_words(value) == mailpipe::trim(text));
        std::string_view left = value;
        for (auto begin = column; !left.empty(); begin = 0) {
            const auto line = left.substr(0, left.find('\n'));
            left.remove_prefix(std::min(line.size() + 1, left.size()));
            CHECK((begin + line.size() <= 76 || line.find("=?") == line.npos));
            CHECK(begin + line.size() <= 998);
            CHECK((left.empty() || mailpipe::is_blank(left.front())));
            if (begin == 0) CHECK_FALSE(mailpipe::trim(line).empty());
        }
    }
}
