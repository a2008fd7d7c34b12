// SPDX-License-Identifier: ISC
#include "imap/grammar/date.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "imap/grammar/tokens.hpp"
#include "mail/date.hpp"

namespace mailpipe::imap {

namespace {

using namespace std::chrono;

/// 1 to 12; 0 for what is none.
unsigned month_number(std::string_view name) {
    const auto* month = std::ranges::find_if(mail::month_names, [&](auto each) { return iequals(each, name); });
    return month == std::end(mail::month_names) ? 0 : static_cast<unsigned>(month - mail::month_names) + 1;
}

/// date-text.
std::optional<sys_days> take_day(text::Cursor& cursor) {
    const auto day_digits = cursor.take_while(is_digit);
    if (!cursor.take('-')) return {};
    const auto month_name = cursor.take_while(is_alpha);
    if (!cursor.take('-')) return {};
    const auto year_digits = cursor.take_while(is_digit);
    if (day_digits.empty() || day_digits.size() > 2 || year_digits.size() != 4) return {};
    const year_month_day date{year{*to_number<int>(year_digits)}, month{month_number(month_name)},
                              day{*to_number<unsigned>(day_digits)}};
    return date.ok() ? std::optional{sys_days{date}} : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> take_date(text::Cursor& cursor) {
    auto ahead = cursor;
    const bool is_quoted = ahead.take('"');
    if (is_quoted) ahead.take(' ');
    const auto date = take_day(ahead);
    if (!date || (is_quoted && !ahead.take('"'))) return {};
    cursor = ahead;
    return date->time_since_epoch().count();
}

std::optional<Time> take_date_time(text::Cursor& cursor) {
    auto ahead = cursor;
    if (ahead.peek() != '"') return {};
    const auto quoted = take_string(ahead);
    if (!quoted) return {};
    text::Cursor within{*quoted};
    within.take(' ');
    if (!take_day(within)) return {};
    const auto time = mail::parse_date(*quoted);
    if (!time) return {};
    cursor = ahead;
    return *time;
}

void append_internal_date(std::string& out, Time time, int offset_minutes) {
    const auto local = floor<seconds>(time) + minutes{offset_minutes};
    const auto midnight = floor<days>(local);
    const year_month_day date{midnight};
    const hh_mm_ss clock{local - midnight};
    const int offset = std::abs(offset_minutes);
    fmt::format_to(std::back_inserter(out), "\"{:2}-{}-{:04} {:02}:{:02}:{:02} {}{:02}{:02}\"", static_cast<unsigned>(date.day()),
                   mail::month_names[static_cast<unsigned>(date.month()) - 1], std::clamp(static_cast<int>(date.year()), 0, 9999),
                   clock.hours().count(), clock.minutes().count(), clock.seconds().count(), offset_minutes < 0 ? '-' : '+',
                   offset / 60, offset % 60);
}

}  // namespace mailpipe::imap
