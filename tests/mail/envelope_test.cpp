// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>

#include "mail/envelope.hpp"

using namespace mailpipe::mail;

TEST_CASE("NOTIFY is NEVER or a list, and is written as it is read", "[mail][rfc3461-4.1]") {
    struct Case { std::string_view text; std::optional<Notify> notify; std::string_view written; };
    const auto c = GENERATE(values<Case>({
        {"NEVER", Notify{.never = true}, "NEVER"},
        {"never", Notify{.never = true}, "NEVER"},
        {"DELAY,success", Notify{.success = true, .delay = true}, "SUCCESS,DELAY"},
        {"SUCCESS,FAILURE,DELAY", Notify{.success = true, .failure = true, .delay = true}, "SUCCESS,FAILURE,DELAY"},
        {"FAILURE,FAILURE", Notify{.failure = true}, "FAILURE"},
        {"", {}, {}}, {"NEVER,DELAY", {}, {}}, {"DELAY,NEVER", {}, {}}, {"NEVER,NEVER", {}, {}}, {"DELAY,", {}, {}}, {",DELAY", {}, {}},
        {"DELAY, SUCCESS", {}, {}}, {"ALWAYS", {}, {}},
    }));
    CAPTURE(c.text);
    const auto got = parse_notify(c.text);
    REQUIRE(got == c.notify);
    if (got) CHECK(to_string(*got) == c.written);
}

TEST_CASE("No NOTIFY is no text", "[mail]") { CHECK(to_string(Notify{}).empty()); }

TEST_CASE("RET is FULL or HDRS", "[mail][rfc3461-4.3]") {
    CHECK(parse_return("full") == Return::full);
    CHECK(parse_return("HDRS") == Return::headers);
    CHECK_FALSE(parse_return(""));
    CHECK_FALSE(parse_return("HEADERS"));
    CHECK(to_string(Return::full) == "FULL");
    CHECK(to_string(Return::headers) == "HDRS");
    CHECK(to_string(Return::unspecified).empty());
}
