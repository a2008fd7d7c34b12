// SPDX-License-Identifier: ISC
#include "imap/grammar/command.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

TEST_CASE("A command is a tag, a name and arguments", "[imap][rfc9051-9]") {
    struct Case { std::string_view line, tag, name; bool is_uid; std::string_view arguments; };
    const auto c = GENERATE(values<Case>({
        {"A1 NOOP", "A1", "NOOP", false, ""},
        {"a noop", "a", "NOOP", false, ""},
        {"A1 NOOP ", "A1", "NOOP", false, ""},
        {"A1 LOGIN {5}\r\nalice {3}\r\nabc", "A1", "LOGIN", false, "{5}\r\nalice {3}\r\nabc"},
        {"1.2]x UID FETCH 1 FLAGS", "1.2]x", "FETCH", true, "1 FLAGS"},
        {"A uid expunge 1:*", "A", "EXPUNGE", true, "1:*"},
        {"A FETCH  1 FLAGS", "A", "FETCH", false, " 1 FLAGS"},
        {"A UID", "A", "UID", false, ""},
        {"A X-FOO=1", "A", "X-FOO=1", false, ""},
    }));
    CAPTURE(c.line);
    const auto command = imap::parse_command(c.line).value();
    CHECK(command.tag == c.tag);
    CHECK(command.name == c.name);
    CHECK(command.is_uid == c.is_uid);
    CHECK(command.arguments == c.arguments);
}

TEST_CASE("What is no command is BAD, with the tag where there is one", "[imap][rfc9051-7.1.3]") {
    struct Case { std::string_view line, tag; };
    const auto c = GENERATE(values<Case>({
        {"", "*"}, {" ", "*"}, {" A1 NOOP", "*"}, {"+ NOOP", "*"}, {"* OK", "*"}, {"a+b NOOP", "*"}, {"a(b NOOP", "*"}, {"\xc3\xa4 NOOP", "*"},
        {"A1", "A1"}, {"A1 ", "A1"}, {"A1  NOOP", "A1"}, {"A1 UID ", "A1"}, {"A1 (", "A1"}, {"A1 NOOP\x01", "A1"}, {"A1 \"NOOP\"", "A1"},
    }));
    CAPTURE(c.line);
    CHECK(imap::tag_of(c.line) == c.tag);
    REQUIRE_FALSE(imap::parse_command(c.line));
    CHECK(imap::parse_command(c.line).error().fault == Fault::permanent);
}
