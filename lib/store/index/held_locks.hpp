// SPDX-License-Identifier: ISC
// The locks under which messages change: one folder's dovecot-uidlist.lock, or two where messages move.
#pragma once

#include <chrono>
#include <vector>

#include "store/dotlock.hpp"

namespace mailpipe::store {

class HeldLocks {
public:
    using Instant = std::chrono::steady_clock::time_point;

    void add(Dotlock lock) { locks_.push_back(std::move(lock)); }
    /// To be called with each message: another host takes away what nobody touches for long.
    void keep(Instant now = std::chrono::steady_clock::now());

private:
    std::vector<Dotlock> locks_;
    Instant touched_ = std::chrono::steady_clock::now();
};

}  // namespace mailpipe::store
