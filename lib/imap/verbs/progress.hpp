// SPDX-License-Identifier: ISC
// Signs of life in a long command: INPROGRESS (RFC 9585).
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "imap/session/session.hpp"

namespace mailpipe::imap {

class Progress {
public:
    /// What was answered before this command goes out first: it may have to wait for long.
    Progress(Session& session, std::string_view tag);
    /// From now on nobody knows how many there are in all.
    void forget_goal() { has_goal_ = false; }
    /// `done` of `all` messages are done.
    void step(std::uint32_t done, std::uint32_t all);

private:
    Session& session_;
    std::string_view tag_;
    bool has_goal_ = true;
    std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace mailpipe::imap
