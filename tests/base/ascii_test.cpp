// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>

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

TEST_CASE("A number is 1 to 20 digits that fit in 64 bits", "[base]") {
    struct Case { std::string_view text; std::optional<std::uint64_t> number; };
    const auto c = GENERATE(values<Case>({
        {"0", 0}, {"00000000000000000007", 7}, {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", {}},   // one more than fits
        {"000000000000000000007", {}},  // 21 digits
        {"", {}}, {"-1", {}}, {"+1", {}}, {"1 ", {}}, {"0x1", {}}, {"1e3", {}},
    }));
    CAPTURE(c.text);
    const auto got = parse_number(c.text, "size");
    REQUIRE(got.has_value() == c.number.has_value());
    if (got) {
        CHECK(*got == *c.number);
    } else {
        CHECK(got.error().fault == Fault::permanent);
        CHECK(got.error().what == "'" + std::string(c.text) + "' is not a size");
    }
}
