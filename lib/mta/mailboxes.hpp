// SPDX-License-Identifier: ISC
// From an address to a Maildir: addressing, users(5) and the site's rules put together.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "io/deadline.hpp"
#include "mta/addressing.hpp"
#include "mta/local_message.hpp"
#include "sasl/users.hpp"

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
    void refresh();

private:
    struct Loaded {
        sasl::Users users;
        Aliases aliases;  // none: whoever sends to us has asked them
        std::optional<Addressing> addressing;
    };
    explicit Mailboxes(MailboxRules rules);
    Result<void> load();
    void reload_changed();
    Result<std::optional<Destination>> look_up(const mail::Mailbox& whole) const;
    Result<Owner> owner_of(const sasl::User& user) const;

    MailboxRules rules_;
    std::optional<Owner> self_;   // whose all mailboxes are, unless root runs us
    std::unique_ptr<Loaded> loaded_;  // it refers to itself
    std::vector<struct stat> stamps_;
    io::Deadline fresh_until_{};
};

}  // namespace mailpipe::mta
