// SPDX-License-Identifier: ISC
#include "queue/schedule.hpp"

#include <algorithm>
#include <functional>

namespace mailpipe::queue {

namespace {

constexpr std::int64_t margin = 3;  // seconds: clocks run differently, and some servers count until the next full second

std::int64_t draw(std::string_view id, std::int64_t now, std::size_t ends) {
    return static_cast<std::int64_t>((std::hash<std::string_view>{}(id) ^ static_cast<std::size_t>(now)) % ends);
}

/// The last try is the one at the end of the lifetime.
std::int64_t not_too_late(const Schedule& schedule, std::int64_t arrived, std::int64_t now, std::int64_t due) {
    const std::int64_t end = arrived + schedule.lifetime.count();
    return end > now ? std::min(due, end) : due;
}

}  // namespace

std::int64_t next_try(const Schedule& schedule, std::int64_t arrived, std::int64_t now, std::string_view id) {
    const std::int64_t first = std::max<std::int64_t>(schedule.first.count(), 1);
    const std::int64_t most = std::max<std::int64_t>(schedule.most.count(), first);
    const std::int64_t wait = std::clamp(now - arrived, first, most);
    const std::int64_t spread = wait / 10;
    return not_too_late(schedule, arrived, now, now + wait + spread * (draw(id, now, 2001) - 1000) / 1000);
}

std::int64_t hinted_try(const Schedule& schedule, std::int64_t arrived, std::int64_t now, std::chrono::seconds hint, std::string_view id) {
    const auto wait = std::max<std::int64_t>(hint.count(), std::min<std::int64_t>((now - arrived) / 10, schedule.most.count()));
    return not_too_late(schedule, arrived, now, now + wait + margin + wait * draw(id, now, 1001) / 10'000);
}

bool is_due(const Schedule& schedule, std::int64_t due, std::int64_t now) {
    const auto longest = std::max({schedule.lifetime, schedule.most, schedule.first}).count();
    return due <= now || due > now + longest;
}

bool has_expired(const Schedule& schedule, std::int64_t arrived, std::int64_t now) {
    return now - arrived >= schedule.lifetime.count();
}

}  // namespace mailpipe::queue
