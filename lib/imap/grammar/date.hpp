// SPDX-License-Identifier: ISC
// Dates: date and date-time of RFC 9051 section 9.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "text/cursor.hpp"

namespace mailpipe::imap {

/// "1-Feb-2024", in quotes or not: days since 1970-01-01. In quotes a blank may stand before the day. Nothing, and
/// nothing is taken, for what is no date or no day of the calendar.
std::optional<std::int64_t> take_date(text::Cursor& cursor);

/// "\" 1-Feb-2024 10:00:00 +0100\"". The blank, the first digit of a day, and the zone (then UTC) may be missing, and it may
/// have a name, as mail::parse_date reads it. Years from 1900 to 2261.
std::optional<Time> take_date_time(text::Cursor& cursor);

/// "\" 1-Feb-2024 10:00:00 +0100\"" at that offset from UTC, in whole seconds. The year has four digits: before 0 and above
/// 9999 it is that.
void append_internal_date(std::string& out, Time time, int offset_minutes = 0);

}  // namespace mailpipe::imap
