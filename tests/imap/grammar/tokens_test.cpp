// SPDX-License-Identifier: ISC
#include "imap/grammar/tokens.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using namespace std::string_view_literals;

TEST_CASE("An astring is an atom, a quoted string or a literal", "[imap][rfc9051-9]") {
    struct Case { std::string_view text; std::optional<std::string> value; std::string_view rest; };
    const auto c = GENERATE(values<Case>({
        {"abc def", "abc", " def"},
        {"a]b)", "a]b", ")"},
        {"NIL", "NIL", ""},
        {"\"\"", "", ""},
        {"\"a b\" c", "a b", " c"},
        {R"("a\"b\\c")", "a\"b\\c", ""},
        {R"("a\b")", "a\\b", ""},  // not allowed, and understood
        {"\"\xc3\xa4\"", "\xc3\xa4", ""},
        {"\xc3\xa4 x", "\xc3\xa4", " x"},
        {"{3}\r\na b c", "a b", " c"},
        {"{2}\r\n\xff\xfe", "\xff\xfe", ""},
        {"", {}, ""}, {" a", {}, " a"}, {"(", {}, "("}, {"\"a", {}, "\"a"}, {"\"a\\", {}, "\"a\\"}, {"\"a\\\"", {}, "\"a\\\""},
        {"\"a\r\nb\"", {}, "\"a\r\nb\""}, {"\"\xff\"", {}, "\"\xff\""}, {"\xff", {}, "\xff"}, {"\"a\0b\""sv, {}, "\"a\0b\""sv},
        {"{3}\r\nab", {}, "{3}\r\nab"}, {"~{2}\r\nab", "ab", ""}, {"*", {}, "*"}, {"%", {}, "%"}, {"\\Seen", {}, "\\Seen"},
    }));
    CAPTURE(c.text);
    text::Cursor cursor{c.text};
    CHECK(imap::take_astring(cursor) == c.value);
    CHECK(cursor.rest() == c.rest);
}

TEST_CASE("No string has a NUL but where binary ones are allowed", "[imap][rfc9051-4.3]") {
    const auto text = "~{3}\r\na\0b"sv;
    text::Cursor cursor{text};
    CHECK_FALSE(imap::take_string(cursor));
    CHECK(cursor.position() == 0);
    CHECK(imap::take_binary_string(cursor) == std::string("a\0b", 3));
    CHECK(cursor.at_end());
}

TEST_CASE("A pattern is an astring with wildcards", "[imap][rfc9051-9]") {
    struct Case { std::string_view text; std::optional<std::string> value; };
    const auto c = GENERATE(values<Case>({{"*", "*"}, {"a/%", "a/%"}, {"\"a *\"", "a *"}, {"{2}\r\n*%", "*%"}, {"(", {}}, {"", {}}}));
    text::Cursor cursor{c.text};
    CHECK(imap::take_pattern(cursor) == c.value);
}

TEST_CASE("NIL is none of a longer atom", "[imap][rfc9051-4.5]") {
    struct Case { std::string_view text; bool is_nil; };
    const auto c = GENERATE(values<Case>({{"NIL", true}, {"nil)", true}, {"NIL x", true}, {"NILS", false}, {"\"NIL\"", false}, {"NIL]", false}}));
    text::Cursor cursor{c.text};
    CHECK(imap::take_nil(cursor) == c.is_nil);
    CHECK(cursor.position() == (c.is_nil ? 3 : 0));
}

TEST_CASE("Numbers have 63 bits, those that count from 1 have 32", "[imap][rfc9051-9]") {
    struct Case { std::string_view text; std::optional<std::uint64_t> number; std::optional<std::uint32_t> nz_number; };
    const auto c = GENERATE(values<Case>({
        {"0", 0, {}}, {"1", 1, 1}, {"007 ", 7, 7}, {"4294967295", UINT32_MAX, UINT32_MAX}, {"4294967296", 4294967296, {}},
        {"9223372036854775807", INT64_MAX, {}}, {"9223372036854775808", {}, {}}, {"", {}, {}}, {"-1", {}, {}}, {"x", {}, {}},
    }));
    CAPTURE(c.text);
    text::Cursor long_one{c.text};
    CHECK(imap::take_number64(long_one) == c.number);
    text::Cursor short_one{c.text};
    CHECK(imap::take_nz_number(short_one) == c.nz_number);
    if (!c.nz_number) CHECK(short_one.position() == 0);
}
