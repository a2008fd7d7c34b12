// SPDX-License-Identifier: ISC
// The file dovecot-uidlist of a folder: read by anyone at any time, written under Dovecot's lock, so that both can use
// a mailbox by turns.
#pragma once

#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/dotlock.hpp"
#include "store/uid_map.hpp"

namespace mailpipe::store {

/// Courier's courierimapuiddb where there is no dovecot-uidlist yet: clients keep what they have. An empty map where there is
/// neither, or one that can't be understood.
Result<UidMap> read_uid_map(const Fd& folder);

/// Needed to write, and to rename files in cur/ (a reader's scan could miss one). Errors: EAGAIN after 30 seconds.
Result<Dotlock> lock_uid_map(const Fd& folder);

/// Whole records at the end of the file, synced. The header's next UID is stale then: readers know. Errors: what was
/// written of it may stand there as an unfinished line.
Result<void> append_uid_records(const Fd& folder, std::string_view records);

/// A new file in the old one's place, file and name synced. Errors: the old one stands; when only the last sync failed,
/// either.
Result<void> replace_uid_map(const Fd& folder, std::string_view text);

}  // namespace mailpipe::store
