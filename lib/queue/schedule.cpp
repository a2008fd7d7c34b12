// SPDX-License-Identifier: ISC
#include "queue/schedule.hpp"

#include <algorithm>
#include <functional>

namespace mailpipe::queue {

std::int64_t next_try(const Schedule& schedule, std::int64_t arrived, std::int64_t now, std::string_view id) {
    const std::int64_t first = std::max<std::int64_t>(schedule.first.count(), 1);
    const std::int64_t most = std::max<std::int64_t>(schedule.most.count(), first);
    const std::int64_t wait = std::clamp(now - arrived, first, most);
    const std::int64_t spread = wait / 10;
    const auto draw = static_cast<std::int64_t>((std::hash<std::string_view>{}(id) ^ static_cast<std::size_t>(now)) % 2001);
    const std::int64_t due = now + wait + spread * (draw - 1000) / 1000;

    const std::int64_t end = arrived + schedule.lifetime.count();
    return end > now ? std::min(due, end) : due;
}

bool is_due(const Schedule& schedule, std::int64_t due, std::int64_t now) {
    const auto longest = std::max({schedule.lifetime, schedule.most, schedule.first}).count();
    return due <= now || due > now + longest;
}

bool has_expired(const Schedule& schedule, std::int64_t arrived, std::int64_t now) {
    return now - arrived >= schedule.lifetime.count();
}

}  // namespace mailpipe::queue
