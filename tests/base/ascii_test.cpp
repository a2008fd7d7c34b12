// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "base/ascii.hpp"

using namespace mailpipe;

TEST_CASE("Only ASCII letters have a case", "[base]") {
    CHECK(iequals("MAIL From", "mail fROM"));
    CHECK_FALSE(iequals("mail", "mail "));
    CHECK_FALSE(iequals("\xc3\x84", "\xc3\xa4"));  // A and a with diaeresis
    CHECK_FALSE(iequals("@", "`"));                // 32 apart, but no letters
    CHECK(istarts_with("From: x", "from:"));
    CHECK_FALSE(istarts_with("Fro", "from:"));
    CHECK(lower("ABC-\xc3\x84") == "abc-\xc3\x84");
}

TEST_CASE("trim takes blanks and line ends, and nothing else", "[base]") {
    CHECK(trim(" \t a b\r\n") == "a b");
    CHECK(trim(" \t\r\n").empty());
    CHECK(trim("").empty());
    CHECK(trim("\x0b a") == "\x0b a");
}

TEST_CASE("A character's kind does not depend on a locale", "[base]") {
    CHECK(is_control('\0'));
    CHECK(is_control('\x7f'));
    CHECK_FALSE(is_control('\x80'));
    CHECK(is_ascii('\x7f'));
    CHECK_FALSE(is_ascii('\x80'));
    CHECK_FALSE(is_alnum('\xe4'));
    CHECK(all_ascii(""));
    CHECK_FALSE(all_ascii("a\xc3"));
}
