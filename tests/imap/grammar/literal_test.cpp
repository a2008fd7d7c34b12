// SPDX-License-Identifier: ISC
#include "imap/grammar/literal.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::Literal;

TEST_CASE("A line announces a literal at its end", "[imap][rfc9051-4.3][rfc7888-4]") {
    struct Case { std::string_view line; std::optional<Literal> literal; };
    const auto c = GENERATE(values<Case>({
        {"A1 LOGIN {5}", Literal{5, true, false}},
        {"A1 LOGIN {5+}", Literal{5, false, false}},
        {"A1 APPEND x ~{5}", Literal{5, true, true}},
        {"A1 APPEND x ~{5+}", Literal{5, false, true}},
        {"A1 APPEND x UTF8 (~{5+}", Literal{5, false, true}},
        {"{0}", Literal{0, true, false}},
        {"A1 x{3}", Literal{3, true, false}},  // misplaced, and yet its octets are no commands
        {"{9223372036854775807}", Literal{INT64_MAX, true, false}},
        {"{000000000000000000000000012}", Literal{12, true, false}},
        {"A1 NOOP", {}}, {"", {}}, {"}", {}}, {"{}", {}}, {"{+}", {}}, {"{5-}", {}}, {"{a}", {}}, {"{5++}", {}},
        {"{-5}", {}}, {"{5} ", {}}, {"{ 5}", {}}, {"{5}\"", {}},
    }));
    CAPTURE(c.line);
    CHECK(imap::trailing_literal(c.line).value() == c.literal);
}

TEST_CASE("A literal that nobody can count is an error, not none", "[imap]") {
    const auto line = GENERATE(values<std::string_view>({"a {9223372036854775808}", "a {99999999999999999999999999+}", "~{18446744073709551616}"}));
    REQUIRE_FALSE(imap::trailing_literal(line));
    CHECK(imap::trailing_literal(line).error().fault == Fault::permanent);
}

TEST_CASE("A literal in a buffer is its octets", "[imap][rfc9051-4.3]") {
    struct Case { std::string_view text; std::optional<std::string_view> octets; std::string_view rest; };
    using namespace std::string_view_literals;
    const auto c = GENERATE(values<Case>({
        {"{5}\r\nalice {3}\r\nabc", "alice", " {3}\r\nabc"},
        {"{3+}\r\na\r\n", "a\r\n", ""},
        {"{0}\r\n)", "", ")"},
        {"~{3}\r\na\0b"sv, "a\0b"sv, ""},
        {"{3}\r\na\0b"sv, {}, "{3}\r\na\0b"sv},
        {"{3}\nabc", {}, "{3}\nabc"}, {"{4}\r\nabc", {}, "{4}\r\nabc"}, {"{3}", {}, "{3}"}, {"abc", {}, "abc"}, {"~abc", {}, "~abc"},
        {"{99999999999999999999}\r\nabc", {}, "{99999999999999999999}\r\nabc"},
    }));
    CAPTURE(c.text);
    text::Cursor cursor{c.text};
    CHECK(imap::take_literal(cursor) == c.octets);
    CHECK(cursor.rest() == c.rest);
}
