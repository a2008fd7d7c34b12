// SPDX-License-Identifier: ISC
// RENAME INBOX: its messages move, it stays (RFC 9051 section 6.3.6).
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

/// Moves all messages of the Maildir `root` to `folder`, a new one with cur/ and new/, and copies what its keywords
/// mean and its annotations (RFC 5464 section 4.1). Durable. Errors: they are moved back, as far as it can be; a crash
/// leaves each message in one of both.
Result<void> move_inbox(const Fd& root, const Fd& folder);

}  // namespace mailpipe::store
