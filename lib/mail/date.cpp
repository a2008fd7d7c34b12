// SPDX-License-Identifier: ISC
#include "mail/date.hpp"

#include <algorithm>
#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

using namespace std::chrono;
using text::skip_cfws;

struct Zone {
    std::string_view name;
    int hours;
};
constexpr Zone zones[] = {  // RFC 5322 section 4.3; any other name counts as "-0000"
    {"EDT", -4}, {"EST", -5}, {"CDT", -5}, {"CST", -6}, {"MDT", -6}, {"MST", -7}, {"PDT", -7}, {"PST", -8},
};

tl::unexpected<Error> bad(std::string_view what) {
    return failure({Fault::permanent, fmt::format("not a date: {}", what)});
}

std::string format_tm(const std::tm& at, int offset_minutes) {
    const int offset = std::abs(offset_minutes);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}", day_names[at.tm_wday], at.tm_mday,
                       month_names[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec,
                       offset_minutes < 0 ? '-' : '+', offset / 60, offset % 60);
}

/// A number of `least` to `most` digits, -1 for anything else.
int take_number(text::Cursor& cursor, std::size_t least, std::size_t most) {
    const auto digits = cursor.take_while(is_digit);
    if (digits.size() < least || digits.size() > most) return -1;
    int number = 0;
    for (const char c : digits) number = number * 10 + (c - '0');
    skip_cfws(cursor);
    return number;
}

/// "22-Nov-2026", "2026/11/22", "Nov 22, 2026".
void skip_separator(text::Cursor& cursor) {
    if (!cursor.take('-') && !cursor.take('/') && !cursor.take('.')) cursor.take(',');
    skip_cfws(cursor);
}

/// Of a name, short or in full; -1 for what is none.
int month_number(std::string_view word) {
    const auto* month = std::ranges::find_if(month_names, [&](std::string_view name) { return istarts_with(word, name); });
    return month == std::end(month_names) ? -1 : static_cast<int>(month - month_names) + 1;
}

/// Short or in full, and whatever stands before a comma: nothing depends on it.
void skip_day_of_week(text::Cursor& cursor) {
    auto ahead = cursor;
    const auto word = ahead.take_while(is_alpha);
    ahead.take('.');
    skip_cfws(ahead);
    if (month_number(word) > 0) return;  // "Aug, 28 2002"
    const bool is_known = std::ranges::any_of(day_names, [&](std::string_view day) { return istarts_with(word, day); });
    if (!ahead.take(',') && !is_known) return;
    skip_cfws(ahead);
    cursor = ahead;
}

/// By its name or by its number; -1 for anything else.
int take_month(text::Cursor& cursor) {
    if (is_digit(cursor.peek())) return take_number(cursor, 1, 2);
    const auto word = cursor.take_while(is_alpha);
    skip_cfws(cursor);
    return month_number(word);
}

/// year = 4*DIGIT, or two or three digits of RFC 5322 section 4.3; "0102" is what some wrote after 1999. What a Time
/// can't hold is no year.
int take_year(text::Cursor& cursor) {
    const auto digits = text::Cursor{cursor.rest()}.take_while(is_digit).size();
    int year = take_number(cursor, 2, 4);
    if (digits == 2 && year < 50) year += 2000;
    if (digits > 0 && year >= 0 && year < 1000) year += 1900;
    return year < 1900 || year > 2261 ? -1 : year;
}

/// hour ":" minute [":" second]; second 60 is a leap second. Fractions of a second are left out, AM and PM are obeyed.
Result<seconds> take_time(text::Cursor& cursor) {
    int hour = take_number(cursor, 1, 2);
    if (!cursor.take(':')) return bad("no time of day");
    skip_cfws(cursor);
    const int minute = take_number(cursor, 1, 2);
    int second = 0;
    if (cursor.take(':')) {
        skip_cfws(cursor);
        second = take_number(cursor, 1, 2);
        if (cursor.take('.')) cursor.take_while(is_digit);
        skip_cfws(cursor);
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return bad("time of day");
    const auto half = text::Cursor{cursor.rest()}.take_while(is_alpha);
    const bool is_evening = iequals(half, "PM");
    if (is_evening || iequals(half, "AM")) {
        hour = hour % 12 + (is_evening ? 12 : 0);
        cursor.advance(half.size());
        skip_cfws(cursor);
    }
    return hours{hour} + minutes{minute} + seconds{second};
}

/// "+0130", "+1", "+01:30". What is none counts as "-0000".
minutes take_offset(text::Cursor& cursor) {
    bool west = cursor.take('-');
    if (!west && cursor.take('+')) west = cursor.take('-');  // "+-0500": a sign was put before a negative number
    const auto digits = cursor.take_while(is_digit);
    text::Cursor number{digits};
    int hour = take_number(number, 1, 4);
    int minute = 0;
    if (digits.size() > 2) {
        minute = hour % 100;
        hour /= 100;
    } else if (cursor.take(':')) {
        minute = take_number(cursor, 2, 2);
    }
    if (hour < 0 || hour > 24 || minute < 0 || minute > 59) return minutes{0};
    const auto offset = hours{hour} + minutes{minute};
    return west ? -offset : offset;
}

minutes take_zone(text::Cursor& cursor) {
    const auto name = cursor.take_while(is_alpha);
    for (const auto& zone : zones) {
        if (iequals(name, zone.name)) return hours{zone.hours};
    }
    const bool is_utc = name.empty() || iequals(name, "GMT") || iequals(name, "UTC");  // "GMT+1"
    return is_utc ? take_offset(cursor) : minutes{0};
}

struct Read {
    int day, month, year;
    Result<seconds> time;
    minutes zone;
};

/// asctime(3) and date(1): month day time [zone] year; or month day year time [zone].
Read month_first(text::Cursor& cursor) {
    Read read{0, take_month(cursor), 0, {}, {}};
    skip_separator(cursor);
    read.day = take_number(cursor, 1, 2);
    skip_separator(cursor);
    auto ahead = cursor;
    take_number(ahead, 0, 4);
    const bool time_is_next = ahead.peek() == ':';
    if (!time_is_next) read.year = take_year(cursor);
    skip_separator(cursor);
    read.time = take_time(cursor);
    const bool year_is_next = time_is_next && is_digit(cursor.peek());
    if (!year_is_next) read.zone = take_zone(cursor);
    skip_cfws(cursor);
    if (time_is_next) read.year = take_year(cursor);
    if (year_is_next) read.zone = take_zone(cursor);
    return read;
}

/// day month year, as RFC 5322 section 3.3 has it, or year month day; time [zone].
Read number_first(text::Cursor& cursor) {
    Read read{0, 0, 0, {}, {}};
    const bool year_is_first = text::Cursor{cursor.rest()}.take_while(is_digit).size() == 4;
    read.day = year_is_first ? 0 : take_number(cursor, 1, 2);
    if (year_is_first) read.year = take_year(cursor);
    skip_separator(cursor);
    read.month = take_month(cursor);
    skip_separator(cursor);
    if (year_is_first) read.day = take_number(cursor, 1, 2);
    else read.year = take_year(cursor);
    skip_separator(cursor);
    if (cursor.rest().size() > 1 && is_digit(cursor.rest()[1])) cursor.take('T');  // "1970-01-01T00:00:00Z"
    skip_day_of_week(cursor);
    read.time = take_time(cursor);
    read.zone = take_zone(cursor);
    return read;
}

Read read(std::string_view text) {
    text::Cursor cursor{text};
    skip_cfws(cursor);
    skip_day_of_week(cursor);
    return is_alpha(cursor.peek()) ? month_first(cursor) : number_first(cursor);
}

Result<sys_days> day_of(const Read& read) {
    const year_month_day date{year{read.year}, month{static_cast<unsigned>(read.month)}, day{static_cast<unsigned>(read.day)}};
    if (read.day < 0 || read.month < 0 || read.year < 0 || !date.ok()) return bad("day, month or year");
    return sys_days{date};
}

Result<Time> time_of(const Read& read) {
    const auto day = day_of(read);
    if (!day) return failure(day.error());
    if (!read.time) return failure(read.time.error());
    return Time{*day} + *read.time - read.zone;
}

}  // namespace

std::string format_date(Time time) {
    const std::time_t at = unix_seconds(time);
    std::tm local{};
    ::localtime_r(&at, &local);
    return format_tm(local, static_cast<int>(local.tm_gmtoff / 60));
}

std::string format_date(Time time, int offset_minutes) {
    const std::time_t at = unix_seconds(time) + offset_minutes * 60;
    std::tm shifted{};
    ::gmtime_r(&at, &shifted);
    return format_tm(shifted, offset_minutes);
}

Result<Time> parse_date(std::string_view text) { return time_of(read(text)); }

Result<SentDate> parse_sent_date(std::string_view text) {
    const auto told = read(text);
    const auto day = day_of(told);
    if (!day) return failure(day.error());
    return SentDate{time_of(told).value_or(Time{*day}), *day};
}

Result<std::string> standard_date(std::string_view text) {
    const auto told = read(text);
    const auto time = time_of(told);
    if (!time) return failure(time.error());
    return format_date(*time, static_cast<int>(told.zone.count()));
}

}  // namespace mailpipe::mail
