// SPDX-License-Identifier: ISC
// Whose mailbox is meant where one message is delivered by hand, from .forward, or by a mail fetcher.
#pragma once

#include <string>

#include "base/result.hpp"
#include "mta/local/mailboxes.hpp"

namespace mailpipe::mta {

/// The mailbox of the user who runs us, whatever users(5) says. His name is that of passwd(5), his home $HOME, or
/// without it passwd(5)'s. The address is his name in the first local domain. Errors: 78.
Result<Destination> own_mailbox(const MailboxRules& rules);

/// The mailbox of `address` ("joe", "joe+lists", "joe@example.org"): as users(5) says, or one's own, if users(5) can't
/// be read or doesn't know the name, and we are not root. Errors: 64 for no address, else as Mailboxes::find().
Result<Destination> mailbox_of(const MailboxRules& rules, const std::string& address);

}  // namespace mailpipe::mta
