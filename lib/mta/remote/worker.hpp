// SPDX-License-Identifier: ISC
// A worker: the child that holds one conversation with one host, and does what its dispatcher sends it.
#pragma once

#include "base/fd.hpp"
#include "mta/remote/host_session.hpp"

namespace mailpipe::mta {

/// Opens the conversation, tells how that went, then sends what comes over `line`, one transfer after another, and tells what came
/// of each. Returns when the dispatcher has closed `line`, or the host the conversation.
void work(const Fd& line, RemoteHost host, const HostRules& rules) noexcept;

}  // namespace mailpipe::mta
