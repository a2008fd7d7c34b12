// SPDX-License-Identifier: ISC
// When a deferred message is tried again, and when it is given up (RFC 5321 section 4.5.4.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

namespace mailpipe::queue {

struct Schedule {
    std::chrono::seconds first{15 * 60};        ///< the shortest wait
    std::chrono::seconds most{4 * 3600};        ///< the longest wait
    std::chrono::seconds lifetime{5 * 86400};   ///< after that: returned to the sender
};

/// All in unix seconds. The wait is the message's age, so that waits double, within the schedule's limits and up to a
/// tenth more or less: by the id, so that what failed together does not come back together. Never later than the end
/// of the lifetime: the last try.
std::int64_t next_try(const Schedule& schedule, std::int64_t arrived, std::int64_t now, std::string_view id);

/// The same for what a host has refused with a hint: that many seconds, a few more, and up to a tenth more. Not sooner than a
/// tenth of the message's age (or `most`), as some hosts say so for ever.
std::int64_t hinted_try(const Schedule& schedule, std::int64_t arrived, std::int64_t now, std::chrono::seconds hint, std::string_view id);

/// A time that is farther away than a lifetime comes from a clock that went wrong: then it is due, too.
bool is_due(const Schedule& schedule, std::int64_t due, std::int64_t now);

bool has_expired(const Schedule& schedule, std::int64_t arrived, std::int64_t now);

}  // namespace mailpipe::queue
