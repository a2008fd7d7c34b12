// SPDX-License-Identifier: ISC
// The file dovecot-uidlist of a folder: read by anyone at any time, written under Dovecot's lock, so that both can use
// a mailbox by turns.
#pragma once

#include <functional>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/dotlock.hpp"
#include "store/uid_map.hpp"

namespace mailpipe::store {

constexpr const char* uid_file_name = "dovecot-uidlist";

/// Courier's courierimapuiddb where there is no dovecot-uidlist yet: clients keep what they have. An empty map where there is
/// neither, or one that can't be understood.
Result<UidMap> read_uid_map(const Fd& folder);

/// Needed to write, and to rename files in cur/ (a reader's scan could miss one). Errors: EAGAIN after 30 seconds.
Result<Dotlock> lock_uid_map(const Fd& folder);

/// Whole records at the end of the file, synced. The header's next UID is stale then: readers know. Errors: what was
/// written of it may stand there as an unfinished line.
Result<void> append_uid_records(const Fd& folder, std::string_view records);

/// New messages, and what is left of the old ones.
struct UidMapExtension {
    std::string records;     ///< to come behind those of the map
    std::uint32_t next_uid;  ///< the one behind them all
    std::size_t live;        ///< how many of the map's records are of messages that are there
    std::function<bool(std::string_view base)> is_there;
};
/// Puts new records into the file, which says `map`: at its end; or, where that is not allowed or most of its lines are of
/// messages that are gone, in a new file with those of the messages that are there. Needs the lock.
Result<void> extend_uid_map(const Fd& folder, const UidMap& map, const UidMapExtension& extension);

/// A new file in the old one's place, file and name synced. Errors: the old one stands; when only the last sync failed,
/// either.
Result<void> replace_uid_map(const Fd& folder, std::string_view text);

}  // namespace mailpipe::store
