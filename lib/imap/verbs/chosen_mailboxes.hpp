// SPDX-License-Identifier: ISC
// Which mailboxes of a user's are meant by filters (RFC 5465 section 6, RFC 7377 section 2.2).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "imap/grammar/mailbox_filter.hpp"
#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// A choice that was read: what it means by names, there or not.
class MailboxChoice {
public:
    /// `inboxes` is `personal`: any of them may be delivered to (RFC 5465 section 6.3). Errors: as those of the subscriptions.
    static Result<MailboxChoice> read(const Session& session, const std::vector<MailboxFilter>& filters);
    /// `name` is canonical.
    bool contains(std::string_view name) const;

private:
    using Names = std::set<std::string, std::less<>>;

    Result<void> add(const Session& session, const MailboxFilter& filter);

    char separator_ = '.';
    bool is_all_ = false;
    Names names_{};
    Names roots_{};    // what is below them, too
    Names parents_{};  // their children, too
};

/// Canonical names of mailboxes that can be selected, each once, as the tree lists them. What is not there is passed over.
/// Errors: as the tree's.
Result<std::vector<std::string>> chosen_mailboxes(const Session& session, const std::vector<MailboxFilter>& filters);

}  // namespace mailpipe::imap
