// SPDX-License-Identifier: ISC
// Where an address leads on this site: to a user, to an alias, to nobody, or elsewhere. Manual: mailpipe(7), ADDRESSES.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mail/mailbox.hpp"
#include "mta/aliases.hpp"

namespace mailpipe::mta {

struct AddressingRules {
    std::vector<std::string> domains;          ///< local ones, whose users and aliases may be bare names
    std::vector<std::string> virtual_domains;  ///< local ones, whose users and aliases are full addresses
    std::string tag_separators = "+";          ///< any of these characters; empty: no tags
    std::string postmaster = "postmaster";     ///< as right of an alias's colon: where it has no alias and no mailbox

    /// The domain of a user whose name has none, for sasl::maildir_of(). Empty where bare names are nobody's.
    std::string_view first_domain() const { return domains.empty() ? std::string_view{} : domains.front(); }
};

struct Resolution {
    enum class Kind {
        user,     ///< `user` is a name of users(5), `tag` what came after the separator
        alias,    ///< `alias` says who
        unknown,  ///< a local domain, and nobody there has that name: 550 5.1.1
        remote,   ///< not a local domain
    };
    Kind kind;
    std::string user{};
    std::string tag{};
    const Alias* alias = nullptr;
};

class Addressing {
public:
    /// Is that a name in users(5)? It comes in lower case. Errors: transient.
    using UserExists = std::function<Result<bool>(std::string_view name)>;

    /// `aliases` is borrowed. Errors: permanent, when the rules' postmaster is no address.
    static Result<Addressing> create(AddressingRules rules, const Aliases& aliases, UserExists user_exists);

    /// Alias or user "local@domain", then (in `domains`) "local", then the same without the tag, then the alias
    /// "@domain". Postmaster of a local domain, and bare <postmaster>, are never unknown: at worst an alias for the
    /// rules' postmaster, which lives as long as this object stays where it is. The case of ASCII letters never matters.
    Result<Resolution> resolve(const mail::Mailbox& mailbox) const;
    /// The same, but passes over all aliases.
    Result<Resolution> resolve_user(const mail::Mailbox& mailbox) const;

    bool is_local(std::string_view domain) const;
    /// Gives a name without a domain the first of the local ones.
    mail::Mailbox complete(mail::Mailbox mailbox) const;
    /// Where mail for the postmaster goes: "postmaster" in the first of the local domains.
    mail::Mailbox postmaster() const;

private:
    enum class Use { aliases_and_users, users };
    Addressing(AddressingRules rules, const Aliases& aliases, UserExists user_exists);
    struct Address;
    Result<Resolution> find(const mail::Mailbox& mailbox, Use use) const;
    Result<Resolution> find_name(const Address& address, std::string_view local, Use use) const;

    AddressingRules rules_;
    const Aliases* aliases_;
    UserExists user_exists_;
    Alias postmaster_;
};

}  // namespace mailpipe::mta
