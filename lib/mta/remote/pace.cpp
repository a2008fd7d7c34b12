// SPDX-License-Identifier: ISC
#include "mta/remote/pace.hpp"

#include <algorithm>

namespace mailpipe::mta {

void Pace::proved() {
    if (proven_) return;
    proven_ = true;
    limit_ = std::min(first_connections, most_);
}

void Pace::succeeded() {
    throttles_ = 0;
    limit_ = std::min(limit_ + 1, most_);
}

/// What many connections hear at the same time is said once.
bool Pace::throttled(Moment now) {
    if (now < paused_until_) return false;
    limit_ = std::max<std::size_t>(limit_ / 2, 1);
    const std::chrono::seconds pause = first_pause * (1U << std::min(throttles_, max_throttles));
    paused_until_ = now + std::min(pause, longest_pause);
    ++throttles_;
    return true;
}

void Pace::forget() { *this = Pace{most_}; }

}  // namespace mailpipe::mta
