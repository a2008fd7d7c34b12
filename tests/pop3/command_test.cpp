// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "pop3/command.hpp"
#include "pop3/session.hpp"

using namespace mailpipe::pop3;

TEST_CASE("A command is a verb, a space, and the rest", "[pop3][rfc1939-3]") {
    struct Case { std::string_view line, verb, arguments; };
    const auto c = GENERATE(values<Case>({
        {"STAT", "STAT", ""},
        {"RETR 1", "RETR", "1"},
        {"PASS two words ", "PASS", "two words "},
        {"PASS  x", "PASS", " x"},
        {"", "", ""},
        {" STAT", "", "STAT"},
    }));
    CAPTURE(c.line);
    CHECK(split_command(c.line).verb == c.verb);
    CHECK(split_command(c.line).arguments == c.arguments);
}

TEST_CASE("A message-number is decimal and begins with 1", "[pop3][rfc1939-5]") {
    struct Case { std::string_view text; std::optional<std::uint32_t> number; };
    const auto c = GENERATE(values<Case>({
        {"1", 1}, {" 7 ", 7}, {"0001", 1}, {"4294967295", UINT32_MAX},
        {"4294967296", {}}, {"18446744073709551617", {}}, {"0", {}}, {"", {}}, {"-1", {}}, {"+1", {}}, {"1x", {}},
        {"1 2", {}}, {"x", {}},
    }));
    CAPTURE(c.text);
    CHECK(parse_message_number(c.text) == c.number);
}

TEST_CASE("TOP has a message and a number of lines, which may be 0", "[pop3][rfc1939-7]") {
    CHECK(parse_top("1 0")->lines == 0);
    CHECK(parse_top("12 10")->message == 12);
    CHECK(parse_top(" 12  10 ")->lines == 10);
    const auto wrong = GENERATE("", "1", "0 1", "1 -1", "1 x", "x 1", "1 1 1", "1 4294967296");
    CAPTURE(wrong);
    CHECK_FALSE(parse_top(wrong));
}

TEST_CASE("Mail expires never, or after a number of days", "[pop3][rfc2449-6.7]") {
    CHECK(parse_expire("never")->has_value() == false);
    CHECK(parse_expire("NEVER")->has_value() == false);
    CHECK(parse_expire("0").value() == 0U);
    CHECK(parse_expire("65535").value() == 65535U);
    const auto wrong = GENERATE("", "65536", "-1", "30d", "nevermore");
    CAPTURE(wrong);
    CHECK(parse_expire(wrong).error().status == mailpipe::ExitStatus::configuration);
}
