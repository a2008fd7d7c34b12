// SPDX-License-Identifier: ISC
#include "imap/grammar/date.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

TEST_CASE("A date is days since 1970, in quotes or not", "[imap][rfc9051-9]") {
    struct Case { std::string_view text; std::optional<std::int64_t> days; };
    const auto c = GENERATE(values<Case>({
        {"1-Jan-1970", 0}, {"01-Jan-1970", 0}, {"\"1-Jan-1970\"", 0}, {"\" 1-Jan-1970\"", 0}, {"\"01-jan-1970\"", 0}, {"2-JAN-1970", 1},
        {"31-Dec-1969", -1}, {"29-Feb-2024", 19782}, {"1-Feb-2024)", 19754}, {"1-Jan-0001", -719162}, {"31-Dec-9999", 2932896},
        {"29-Feb-2023", {}}, {"31-Apr-2024", {}}, {"0-Jan-2024", {}}, {"32-Jan-2024", {}}, {"1-Foo-2024", {}}, {"1-January-2024", {}},
        {"1-Jan-24", {}}, {"1-Jan-02024", {}}, {"001-Jan-2024", {}}, {"1 Jan 2024", {}}, {" 1-Jan-2024", {}}, {"\"1-Jan-2024", {}},
        {"2024-01-01", {}}, {"", {}}, {"\"\"", {}}, {"-Jan-2024", {}}, {"1--2024", {}}, {"1-Jan-", {}},
    }));
    CAPTURE(c.text);
    text::Cursor cursor{c.text};
    CHECK(imap::take_date(cursor) == c.days);
    if (!c.days) CHECK(cursor.position() == 0);
}

TEST_CASE("A date-time is read with what clients leave out", "[imap][rfc9051-9]") {
    struct Case { std::string_view text; std::optional<std::int64_t> seconds; };
    const auto c = GENERATE(values<Case>({
        {"\" 1-Jan-1970 10:00:00 +0000\"", 36000}, {"\"01-Jan-1970 10:00:00 +0000\"", 36000}, {"\"1-Jan-1970 10:00:00 +0100\"", 32400},
        {"\" 1-Jan-1970 00:00:00 -0130\"", 5400}, {"\" 1-Jan-1970 10:00:00\"", 36000}, {"\" 1-Jan-1970 00:00:00 EST\"", 18000},
        {"\" 1-jan-1970 00:00:00 GMT\"", 0}, {"\"31-Dec-1969 23:59:59 +0000\"", -1}, {"\" 1-Jan-1970 00:00 +0000\"", 0},
        {"\" 1-Jan-1970\"", {}}, {"\"30-Feb-2024 10:00:00 +0000\"", {}}, {"\" 1-Jan-1970 25:00:00 +0000\"", {}}, {" 1-Jan-1970 10:00:00 +0000", {}},
        {"\"Thu, 1 Jan 1970 10:00:00 +0000\"", {}}, {"\"\"", {}}, {"", {}}, {"\" 1-Jan-1970 10:00:00 +0000", {}}, {"\"1-Jan-1800 00:00:00 +0000\"", {}},
    }));
    CAPTURE(c.text);
    text::Cursor cursor{c.text};
    const auto time = imap::take_date_time(cursor);
    REQUIRE(time.has_value() == c.seconds.has_value());
    if (time) CHECK(unix_seconds(*time) == *c.seconds);
    else CHECK(cursor.position() == 0);
}

TEST_CASE("An internal date has a fixed form", "[imap][rfc9051-9]") {
    struct Case { std::int64_t seconds; int offset; std::string_view text; };
    const auto c = GENERATE(values<Case>({
        {0, 0, "\" 1-Jan-1970 00:00:00 +0000\""}, {-1, 0, "\"31-Dec-1969 23:59:59 +0000\""}, {1706781600, 60, "\" 1-Feb-2024 11:00:00 +0100\""},
        {1706781600, -570, "\" 1-Feb-2024 00:30:00 -0930\""}, {1734220800, 0, "\"15-Dec-2024 00:00:00 +0000\""},
    }));
    std::string out;
    const Time time{std::chrono::seconds{c.seconds}};
    imap::append_internal_date(out, time, c.offset);
    CHECK(out == c.text);
    text::Cursor cursor{out};
    CHECK(imap::take_date_time(cursor) == time);
}
