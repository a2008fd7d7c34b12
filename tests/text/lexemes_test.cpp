// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/lexemes.hpp"

using namespace mailpipe::text;

TEST_CASE("Comments and blanks are skipped, comments in comments too", "[text][rfc5322-3.2.2]") {
    struct Case { std::string_view text, rest; };
    const auto c = GENERATE(values<Case>({
        {"x", "x"}, {" \t\r\n x", "x"}, {"(a (b) c) x", "x"}, {"(a \\) b) x", "x"}, {"(no end", ""}, {"(a\\", ""}, {")x", ")x"},
    }));
    CAPTURE(c.text);
    Cursor cursor{c.text};
    skip_cfws(cursor);
    CHECK(cursor.rest() == c.rest);
}

TEST_CASE("A comment is what stands between its parentheses", "[text][rfc5322-3.2.2]") {
    struct Case { std::string_view text, inside, rest; bool is_closed; };
    const auto c = GENERATE(values<Case>({
        {"(a b) c", "a b", " c", true}, {"()", "", "", true}, {"(a (b) \\)c)d", "a (b) )c", "d", true},
        {"(a\r\n b)", "a b", "", true}, {"(a (b)", "a (b)", "", false}, {"(a\\", "a", "", false}, {"(a\\\n)", "a", "", true},
    }));
    CAPTURE(c.text);
    Cursor cursor{c.text};
    const auto comment = take_comment(cursor);
    CHECK(comment.text == c.inside);
    CHECK(comment.is_closed == c.is_closed);
    CHECK(cursor.rest() == c.rest);
}

TEST_CASE("A quoted string is what stands between its quotes", "[text][rfc5322-3.2.4]") {
    struct Case { std::string_view text, inside, rest; bool is_closed; };
    const auto c = GENERATE(values<Case>({
        {"\"a b\" c", "a b", " c", true}, {"\"\"", "", "", true}, {"\"a\\\"b\\\\\"", "a\"b\\", "", true},
        {"\"a\r\n b\"", "a b", "", true}, {"\"a\\\nb\"", "ab", "", true}, {"\"no end", "no end", "", false}, {"\"a\\", "a", "", false},
    }));
    CAPTURE(c.text);
    Cursor cursor{c.text};
    const auto quoted = take_quoted(cursor);
    CHECK(quoted.text == c.inside);
    CHECK(quoted.is_closed == c.is_closed);
    CHECK(cursor.rest() == c.rest);
}

TEST_CASE("What has no end is not taken, nor looked for again", "[text]") {
    bool has_end = true;
    Cursor cursor{"\"a\"\"b"};
    CHECK(take_closed(cursor, take_quoted, has_end) == "a");
    CHECK(has_end);
    CHECK_FALSE(take_closed(cursor, take_quoted, has_end));
    CHECK_FALSE(has_end);
    CHECK(cursor.rest() == "\"b");
    Cursor other{"\"c\""};
    CHECK_FALSE(take_closed(other, take_quoted, has_end));
}

TEST_CASE("A mark with two digits is an octet, any other stays", "[text]") {
    struct Case { std::string_view text, octets; };
    const auto c = GENERATE(values<Case>({{"", ""}, {"a%41%6a%4A", "aAjJ"}, {"%", "%"}, {"%4", "%4"}, {"%4x%xx", "%4x%xx"}, {"%%41", "%A"}}));
    CAPTURE(c.text);
    std::string octets;
    append_unescaped(octets, c.text, '%');
    CHECK(octets == c.octets);
}

TEST_CASE("An octet is written as a mark and two digits", "[text]") {
    std::string text{"a"};
    append_escaped(text, '\x0f', '%');
    append_escaped(text, '\xc3', '+');
    CHECK(text == "a%0F+C3");
}
