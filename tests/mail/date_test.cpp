// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cstdlib>
#include <ctime>
#include <optional>

#include "mail/date.hpp"

using namespace mailpipe;
using namespace mailpipe::mail;

namespace {

Time at(std::int64_t seconds) { return Time{std::chrono::seconds{seconds}}; }

}  // namespace

TEST_CASE("A date is written at an offset", "[mail][rfc5322-3.3]") {
    CHECK(format_date(at(0), 0) == "Thu, 01 Jan 1970 00:00:00 +0000");
    CHECK(format_date(at(1795294402), 60) == "Sat, 21 Nov 2026 21:53:22 +0100");
    CHECK(format_date(at(1795294402), -210) == "Sat, 21 Nov 2026 17:23:22 -0330");
}

TEST_CASE("A date is written as it should have been", "[mail][rfc5322-3.3]") {
    CHECK(standard_date("1 oct 24 1:00 PM +0545 (x)").value() == "Tue, 01 Oct 2024 13:00:00 +0545");
    CHECK(standard_date("Tue, 01 Oct 2024 00:15:00 -0030").value() == "Tue, 01 Oct 2024 00:15:00 -0030");
    CHECK(standard_date("garbage").error().fault == Fault::permanent);
}

TEST_CASE("A date of the host's says its zone", "[mail][rfc5321-4.4]") {
    const char* before = std::getenv("TZ");
    const std::string saved = before != nullptr ? before : "";
    ::setenv("TZ", "XXX-5:45", 1);
    ::tzset();
    CHECK(format_date(at(0)) == "Thu, 01 Jan 1970 05:45:00 +0545");
    before != nullptr ? ::setenv("TZ", saved.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
}

TEST_CASE("Dates are read in today's form and in the old ones", "[mail][rfc5322-3.3][rfc5322-4.3]") {
    struct Case { std::string_view text; std::optional<std::int64_t> seconds; };
    const auto c = GENERATE(values<Case>({
        {"Thu, 01 Jan 1970 00:00:00 +0000", 0},
        {"1 Jan 1970 00:00 +0000", 0},
        {"Thu , 1 (one) jan\r\n 1970 00 : 00 : 00 -0000 (UTC \\) (nested))", 0},
        {"Thu, 1 Jan 70 00:00:00 GMT", 0},
        {"Thu, 1 Jan 070 00:00:00 UT", 0},
        {"1 Jan 49 00:00:00 GMT", 2493072000}, {"1 Jan 50 00:00:00 GMT", -631152000},
        {"1 Jan 1970 00:00:00 EST", 18000}, {"1 Jan 1970 00:00:00 pdt", 25200}, {"1 Jan 1970 00:00:00 X", 0},
        {"31 Dec 1998 23:59:60 +0000", 915148800},
        {"29 Feb 2024 00:00:00 +0000", 1709164800}, {"29 Feb 2023 00:00:00 +0000", {}},
        {"", {}}, {"1 Jan", {}}, {"1 Jan 1970", {}}, {"0 Jan 1970 00:00:00 +0000", {}}, {"32 Jan 1970 00:00 +0000", {}},
        {"1 Foo 1970 00:00:00 +0000", {}}, {"1 Jan 1970 24:00:00 +0000", {}},
        {"1 Jan 1970 00:60:00 +0000", {}}, {"1 Jan 1970 00:00:61 +0000", {}}, 
        {"1 Jan 1899 00:00:00 +0000", {}},
        {"1 Jan 2261 00:00:00 +0000", 9183110400}, {"1 Jan 2262 00:00:00 +0000", {}}, {"1 Jan 12026 00:00:00 +0000", {}},
    }));
    CAPTURE(c.text);
    const auto got = parse_date(c.text);
    REQUIRE(got.has_value() == c.seconds.has_value());
    if (got) CHECK(unix_seconds(*got) == *c.seconds);
    else CHECK(got.error().fault == Fault::permanent);
}

TEST_CASE("Dates are read as real mail has them", "[mail]") {
    struct Case { std::string_view text; std::int64_t seconds; };
    const auto c = GENERATE(values<Case>({
        {"Thu Jan  1 00:00:00 1970", 0}, {"Thu Jan  1 01:00:00 1970 +0100", 0}, {"Wed Dec 31 19:00:00 EST 1969", 0},
        {"January 1, 1970 00:00:00", 0}, {"Jan 1 1970, 00:00:00 GMT", 0}, {"Jan, 01 1970 0:00:00 AM +0000", 0},
        {"1970/01/01 Thu 00:00:00 GMT", 0}, {"1970-01-01T00:00:00Z", 0}, {"1970-01-01 01:00:00+01:00", 0},
        {"01-Jan-1970 00:00:00", 0}, {"1 1 1970 0:0:0", 0}, {"1.1.1970 00:00", 0},
        {"Thursday, 1 January 1970 12:00:00 AM", 0}, {"01 Jan 70 12:00:00 PM", 43200}, {"1 Jan 1970 06:50:21 PM -0400", 82221},
        {"Thu, 1 Jan 1970 00:00:00.516 +0000 (UTC)", 0}, {"Do, 1 Jan 1970 00:00:00 +0000", 0},
        {"1 Jan 1970 00:00:00 GMT+1", -3600}, {"1 Jan 1970 00:00:00 +01", -3600}, {"1 Jan 1970 00:00:00 +-0500", 18000},
        {"1 Jan 1970 00:00:00 0100", -3600}, {"1 Jan 1970 00:00:00 EST5EDT", 18000},
        {"1 Jan 1970 00:00:00 +0060", 0}, {"1 Jan 1970 00:00:00 01800", 0}, {"1 Jan 1970 00:00:00 +2500", 0},
        {"1 Jan 1970 00:00:00 -0800 PST", 28800}, {"1 Jan 1970 00:00:00 +0000 more", 0},
        {"1 Jan 0070 00:00:00 +0000", 0}, {"Fri, 07 Jun 0102 08:46:41 +0900", 1023407201},
    }));
    CAPTURE(c.text);
    const auto got = parse_date(c.text);
    REQUIRE(got);
    CHECK(unix_seconds(*got) == c.seconds);
}

TEST_CASE("Without a time of day a message was sent at midnight, and its day is its own", "[mail][rfc5256-2.2]") {
    struct Case { std::string_view text; std::int64_t seconds, day; };
    const auto c = GENERATE(values<Case>({
        {"31 Dec 2000 16:01:33 -0800", 978307293, 11322}, {"1 Jan 1970 00:30:00 +0100", -1800, 0},
        {"2 Jan 1970", 86400, 1}, {"Fri, 2 Jan 1970 99:00:00 +0100", 86400, 1}, {"2 Jan 1970 10:00:00 XYZ", 122400, 1},
    }));
    CAPTURE(c.text);
    const auto got = mailpipe::mail::parse_sent_date(c.text);
    REQUIRE(got);
    CHECK(unix_seconds(got->time) == c.seconds);
    CHECK(got->day.time_since_epoch().count() == c.day);
    CHECK_FALSE(mailpipe::mail::parse_sent_date("10:00:00"));
    CHECK_FALSE(mailpipe::mail::parse_sent_date("31 Feb 2001 10:00:00 +0000"));
}

TEST_CASE("What is written is read back", "[mail][rfc5322-3.3]") {
    const auto seconds = GENERATE(0, 951782400, 1795294402, 4102444799);
    const auto offset = GENERATE(-720, -210, 0, 345, 840);
    CHECK(parse_date(format_date(at(seconds), offset)) == at(seconds));
}
