// SPDX-License-Identifier: ISC
// date-time of RFC 5322 section 3.3, and the obsolete forms of section 4.3 when reading.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace mailpipe::mail {

/// day-name and month, as C counts them: from Sunday and from January.
constexpr std::string_view day_names[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::string_view month_names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// "Sat, 21 Nov 2026 21:53:22 +0100" in the host's time zone. A server calls tzset(3) before it forks.
std::string format_date(Time time);
/// The same at a given offset from UTC, in minutes.
std::string format_date(Time time, int offset_minutes);

/// Folded or not, with comments, two-digit years and zone names; asctime(3)'s order, year month day, months by number, AM
/// and PM, a zone that is missing or unknown (then UTC): real mail has them all. The day of the week, and what stands
/// behind it all, is not looked at. Errors: permanent, where there is no date or no time of day.
Result<Time> parse_date(std::string_view text);

/// When a message was sent, as those see it who sort and search.
struct SentDate {
    Time time;
    std::chrono::sys_days day;  ///< in the time zone that it tells
};
/// The same reading, but a time of day that is missing or bad is 00:00:00 UTC (RFC 5256 section 2.2). Errors: permanent,
/// where there is no day.
Result<SentDate> parse_sent_date(std::string_view text);

/// The same date, in the time zone that it tells, as RFC 5322 section 3.3 writes it. Errors: as above.
Result<std::string> standard_date(std::string_view text);

}  // namespace mailpipe::mail
