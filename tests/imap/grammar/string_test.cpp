// SPDX-License-Identifier: ISC
#include "imap/grammar/string.hpp"

#include "support/catch.hpp"

using namespace mailpipe::imap;

TEST_CASE("a string is quoted where it may be, else a literal", "[imap][rfc3501-4.3]") {
    struct Case { std::string text, sent; };
    const auto c = GENERATE(values<Case>({
        {"", "\"\""},
        {"a b", "\"a b\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\x01\x7f\t", "\"\x01\x7f\t\""},
        {"a\nb", "{3}\r\na\nb"},
        {"a\r", "{2}\r\na\r"},
        {"\xc3\xa4", "{2}\r\n\xc3\xa4"},
        {std::string("a\0b", 3), "{3}\r\na\x80" "b"},
        {std::string(max_quoted_octets, 'x'), "\"" + std::string(max_quoted_octets, 'x') + "\""},
        {std::string(max_quoted_octets + 1, 'x'), "{1001}\r\n" + std::string(max_quoted_octets + 1, 'x')},
    }));
    std::string out = "(";
    append_string(out, c.text);
    CHECK(out == "(" + c.sent);
}

TEST_CASE("no string is NIL", "[imap][rfc3501-4.5]") {
    std::string out;
    append_nstring(out, {});
    append_nstring(out, "");
    CHECK(out == "NIL\"\"");
}

TEST_CASE("In UTF-8 mode UTF-8 may be quoted, and nothing else that is not ASCII", "[imap][rfc6855-3]") {
    struct Case { std::string text, sent; };
    const auto c = GENERATE(values<Case>({
        {"\xc3\xa4", "\"\xc3\xa4\""}, {"a", "\"a\""}, {"\xff", "{1}\r\n\xff"}, {"\xc3\xa4\n", "{3}\r\n\xc3\xa4\n"},
    }));
    std::string out, maybe;
    append_string(out, c.text, Utf8::on);
    append_nstring(maybe, c.text, Utf8::on);
    CHECK(out == c.sent);
    CHECK(maybe == c.sent);
}

TEST_CASE("An astring is an atom where it may be", "[imap][rfc9051-9]") {
    struct Case { std::string text, sent; };
    const auto c = GENERATE(values<Case>({
        {"From", "From"}, {"", "\"\""}, {"NIL", "\"NIL\""}, {"a b", "\"a b\""}, {"a%", "\"a%\""}, {"a]", "\"a]\""}, {"\xc3\xa4", "{2}\r\n\xc3\xa4"},
    }));
    std::string out;
    append_astring(out, c.text);
    CHECK(out == c.sent);
}

TEST_CASE("A binary literal keeps its NULs", "[imap][rfc3516-4.2]") {
    std::string out;
    append_literal8(out, std::string("a\0b", 3));
    CHECK(out == std::string("~{3}\r\na\0b", 9));
}
