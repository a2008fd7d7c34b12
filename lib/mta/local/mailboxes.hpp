// SPDX-License-Identifier: ISC
// From an address to a Maildir: addressing, users(5) and the site's rules put together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/directory.hpp"
#include "mta/local/local_message.hpp"

namespace mailpipe::mta {

struct MailboxRules {
    std::vector<std::string> users;  ///< sources as of sasl::Users
    AddressingRules addressing;
    std::string maildir = "%h/Maildir";  ///< template of mailpipe.conf(5)
    store::Quota quota{};                ///< of users who have none of their own
};

class Mailboxes {
public:
    /// Errors: 78.
    static Result<Mailboxes> open(MailboxRules rules);

    /// Where mail for that address goes; aliases are not asked. A tag is a folder. Gives an address without a domain
    /// the first local one. Nobody is unknown before the users have been looked at once more. Errors: permanent, 67,
    /// for nobody here; else transient.
    Result<Destination> find(const mail::Mailbox& address);

    /// Loads the users again if their files have changed; looks at most once a second. If that fails the old ones stay.
    void refresh() { directory_.glance(); }
    /// Loads them in any case. Errors: 78; the old ones stay.
    Result<void> reload() { return directory_.load(); }

private:
    Mailboxes(Directory directory, std::string maildir);
    Result<std::optional<Destination>> look_up(const mail::Mailbox& whole) const;
    Result<Owner> owner_of(const sasl::User& user) const;

    Directory directory_;  // without aliases: whoever sends to us has asked them
    std::string maildir_;
    std::optional<Owner> self_;  // whose all mailboxes are, unless root runs us
};

}  // namespace mailpipe::mta
