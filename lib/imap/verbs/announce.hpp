// SPDX-License-Identifier: ISC
// Telling the client what happens in the selected mailbox (RFC 9051 section 7.4).
#pragma once

#include "imap/session/session.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/view.hpp"

namespace mailpipe::imap {

/// Looks at the disk, and tells what has happened since the last time: EXPUNGE or VANISHED, EXISTS, RECENT, FETCH, and ESEARCH
/// for the contexts (RFC 5267). Errors end the session.
Result<void> announce(Session& session, store::Expunges expunges, store::Look look = store::Look::if_changed);

/// The same, as far as NOTIFY lets: who does not want to hear of messages keeps those that are known (RFC 5465 section 5).
Result<void> announce_if_wanted(Session& session, store::Expunges expunges);

}  // namespace mailpipe::imap
