// SPDX-License-Identifier: ISC
#include "mail/date.hpp"

#include <cstdlib>
#include <ctime>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::mail {

namespace {

using namespace std::chrono;
using text::skip_cfws;

constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

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
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}", days[at.tm_wday], at.tm_mday,
                       months[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec,
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

template <std::size_t N>
int take_name(text::Cursor& cursor, const std::string_view (&names)[N]) {
    const auto word = cursor.take_while(is_alpha);
    skip_cfws(cursor);
    for (std::size_t i = 0; i < N; ++i) {
        if (iequals(word, names[i])) return static_cast<int>(i);
    }
    return -1;
}

/// year = 4*DIGIT, or two or three digits of RFC 5322 section 4.3. What a Time can't hold is no year.
int take_year(text::Cursor& cursor) {
    const auto before = cursor.position();
    const auto digits = text::Cursor{cursor.rest()}.take_while(is_digit).size();
    int year = take_number(cursor, 2, 4);
    if (digits == 2 && year < 50) year += 2000;
    if (digits < 4 && year < 1000) year += 1900;
    return cursor.position() == before || year < 1900 || year > 2261 ? -1 : year;
}

struct Date {
    int day, month, year;
};
Result<Date> take_date(text::Cursor& cursor) {
    if (is_alpha(cursor.peek())) {
        if (take_name(cursor, days) < 0) return bad("no such day of the week");
        cursor.take(',');
        skip_cfws(cursor);
    }
    const int day = take_number(cursor, 1, 2);
    const int month = take_name(cursor, months);
    const int year = take_year(cursor);
    const year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month + 1)},
                              std::chrono::day{static_cast<unsigned>(day)}};
    if (day < 0 || month < 0 || year < 0 || !date.ok()) return bad("day, month or year");
    return Date{day, month, year};
}

/// hour ":" minute [":" second]; second 60 is a leap second.
Result<seconds> take_time(text::Cursor& cursor) {
    const int hour = take_number(cursor, 1, 2);
    if (!cursor.take(':')) return bad("no time of day");
    skip_cfws(cursor);
    const int minute = take_number(cursor, 1, 2);
    int second = 0;
    if (cursor.take(':')) {
        skip_cfws(cursor);
        second = take_number(cursor, 1, 2);
    }
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return bad("time of day");
    return hours{hour} + minutes{minute} + seconds{second};
}

Result<minutes> take_zone(text::Cursor& cursor) {
    const bool west = cursor.peek() == '-';
    if (west || cursor.peek() == '+') {
        cursor.next();
        const int number = take_number(cursor, 4, 4);
        if (number < 0 || number % 100 > 59) return bad("time zone");
        const auto offset = hours{number / 100} + minutes{number % 100};
        return west ? -offset : offset;
    }
    const auto name = cursor.take_while(is_alnum);
    skip_cfws(cursor);
    for (const auto& zone : zones) {
        if (iequals(name, zone.name)) return hours{zone.hours};
    }
    return minutes{0};
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

Result<Time> parse_date(std::string_view text) {
    text::Cursor cursor{text};
    skip_cfws(cursor);
    const auto date = take_date(cursor);
    if (!date) return failure(date.error());
    const auto time = take_time(cursor);
    if (!time) return failure(time.error());
    const auto zone = take_zone(cursor);
    if (!zone) return failure(zone.error());
    if (!cursor.at_end()) return bad("something behind it");
    const sys_days day{year{date->year} / (date->month + 1) / date->day};
    return Time{day} + *time - *zone;
}

}  // namespace mailpipe::mail
