// SPDX-License-Identifier: ISC
// A mailbox beside the selected one that NOTIFY watches: what the client knows of it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imap/grammar/notify.hpp"
#include "imap/grammar/status.hpp"
#include "imap/session/session.hpp"
#include "store/tree/metadata.hpp"

namespace mailpipe::imap {

/// Bits by Event.
using EventSet = std::uint8_t;
constexpr EventSet bit(Event event) { return static_cast<EventSet>(1U << static_cast<unsigned>(event)); }
constexpr EventSet message_events = bit(Event::message_new) | bit(Event::message_expunge) | bit(Event::flag_change);

struct FolderState {
    std::uint32_t uid_validity = 0;  ///< 0: the client has not been told of the folder's messages yet
    std::uint32_t next_uid = 1;
    std::uint64_t messages = 0;
    std::uint64_t unseen = 0;
    std::uint64_t modseq = 0;
};
FolderState state_of(const store::IndexFile& index);

/// What STATUS tells of a folder that was `before` and is `now`; nothing where there is nothing to tell.
std::vector<StatusItem> status_items(const Session& session, EventSet events, const FolderState& before, const FolderState& now,
                                     const store::IndexFile& index);
/// The same for NOTIFY SET STATUS (RFC 5465 section 3.1).
std::vector<StatusItem> first_status_items(const Session& session, EventSet events);

/// The client has put these messages there, and knows of them. Others' changes remain to be told.
void learn_messages(FolderState& state, const store::IndexFile& index, const std::vector<std::uint32_t>& uids);

/// Of annotations only hashes are kept.
class WatchedMetadata {
public:
    explicit WatchedMetadata(store::MetadataOf whose) : whose_(whose) {}

    /// Names of entries that have changed since the last time. `folder` has the file.
    std::vector<std::string> look(const Fd& folder);
    /// The client has changed these entries itself.
    void learn(const std::vector<store::MetadataChange>& changes);

private:
    store::MetadataOf whose_;
    std::map<std::string, std::uint64_t, std::less<>> values_{};
};

}  // namespace mailpipe::imap
