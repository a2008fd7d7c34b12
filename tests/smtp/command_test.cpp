// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>

#include "smtp/command.hpp"

using namespace mailpipe;
using namespace mailpipe::smtp;

TEST_CASE("A command is a verb and what follows it", "[smtp][rfc5321-4.1.1]") {
    struct Case { std::string_view line, verb, arguments; };
    const auto c = GENERATE(values<Case>({
        {"NOOP", "NOOP", ""}, {"NOOP ", "NOOP", ""}, {"EHLO  a b ", "EHLO", "a b"}, {"MAIL FROM:<>", "MAIL", "FROM:<>"},
        {"MAIL\tFROM:<>\t", "MAIL", "FROM:<>"}, {" NOOP", "NOOP", ""}, {"", "", ""}, {"  ", "", ""},
    }));
    CAPTURE(c.line);
    const auto got = split_command(c.line);
    CHECK(got.verb == c.verb);
    CHECK(got.arguments == c.arguments);
}

TEST_CASE("BDAT takes a number of octets, and LAST", "[smtp][rfc3030-2]") {
    struct Case { std::string_view arguments; std::optional<std::uint64_t> octets; bool last; };
    const auto c = GENERATE(values<Case>({
        {"0", 0, false}, {"0 LAST", 0, true}, {"86 last", 86, true}, {"18446744073709551615", UINT64_MAX, false},
        {"18446744073709551616", {}, false}, {"", {}, false}, {"LAST", {}, false}, {"-1", {}, false}, {"+1", {}, false},
        {"1 LASTS", {}, false}, {"1 LAST x", {}, false}, {"0x10", {}, false}, {"1.0", {}, false},
    }));
    CAPTURE(c.arguments);
    const auto got = parse_chunk(c.arguments);
    REQUIRE(got.has_value() == c.octets.has_value());
    if (!got) return;
    CHECK(got->octets == *c.octets);
    CHECK(got->last == c.last);
}
