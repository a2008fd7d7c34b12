// SPDX-License-Identifier: ISC
// Which mailboxes of a user's are meant by filters (RFC 5465 section 6, RFC 7377 section 2.2).
#pragma once

#include <string>
#include <vector>

#include "imap/grammar/mailbox_filter.hpp"
#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// Canonical names of mailboxes that can be selected, each once, as the tree lists them. What is not there is passed over.
/// `inboxes` is `personal`: any of them may be delivered to (RFC 5465 section 6.3). Errors: as the tree's.
Result<std::vector<std::string>> chosen_mailboxes(const Session& session, const std::vector<MailboxFilter>& filters);

}  // namespace mailpipe::imap
