// SPDX-License-Identifier: ISC
#include "store/index/held_locks.hpp"

namespace mailpipe::store {

namespace {

constexpr std::chrono::seconds touch_interval{10};  // Dovecot's rule

}  // namespace

void HeldLocks::keep(Instant now) {
    if (now - touched_ < touch_interval) return;
    for (auto& lock : locks_) (void)lock.touch();  // one that is lost can't be had back in the middle
    touched_ = now;
}

}  // namespace mailpipe::store
