// SPDX-License-Identifier: ISC
// The locks under which messages change: one folder's dovecot-uidlist.lock, or two where messages move.
#pragma once

#include <chrono>
#include <vector>

#include "store/dotlock.hpp"

namespace mailpipe::store {

class HeldLocks {
public:
    using Clock = std::chrono::steady_clock;
    using Time = Clock::time_point;

    void add(Dotlock lock) { locks_.push_back(std::move(lock)); }
    /// To be called with each message: another host takes away what nobody touches for long.
    void keep(Time now = Clock::now());

private:
    std::vector<Dotlock> locks_;
    Time touched_ = Clock::now();
};

}  // namespace mailpipe::store
