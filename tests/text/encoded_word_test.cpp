// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/encoded_word.hpp"

using mailpipe::text::decode_words;

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
