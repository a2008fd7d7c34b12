// SPDX-License-Identifier: ISC
#include "mta/addressing.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view postmaster_name = "postmaster";

bool contains(const std::vector<std::string>& domains, std::string_view domain) {
    return std::ranges::any_of(domains, [&](const auto& d) { return iequals(d, domain); });
}

}  // namespace

/// A local address in lower case, in the forms in which users(5) and aliases(5) may have it.
struct Addressing::Address {
    std::string local;
    std::string at_domain;
    bool may_be_bare;
};

Addressing::Addressing(AddressingRules rules, const Aliases& aliases, UserExists user_exists)
    : rules_(std::move(rules)), aliases_(&aliases), user_exists_(std::move(user_exists)) {}

Result<Addressing> Addressing::create(AddressingRules rules, const Aliases& aliases, UserExists user_exists) {
    // By itself it would be an alias for itself.
    const bool itself = iequals(rules.postmaster, postmaster_name);
    auto targets = parse_targets(itself ? "\\postmaster" : rules.postmaster);
    if (!targets) return failure(targets.error());
    Addressing addressing{std::move(rules), aliases, std::move(user_exists)};
    addressing.postmaster_ = {std::string{postmaster_name}, std::move(*targets)};
    return addressing;
}

bool Addressing::is_local(std::string_view domain) const {
    return contains(rules_.domains, domain) || contains(rules_.virtual_domains, domain);
}

mail::Mailbox Addressing::complete(mail::Mailbox mailbox) const {
    if (!mailbox.domain.empty()) return mailbox;
    const auto& domains = rules_.domains.empty() ? rules_.virtual_domains : rules_.domains;
    mailbox.domain = domains.empty() ? "localhost" : domains.front();
    return mailbox;
}

mail::Mailbox Addressing::postmaster() const { return complete({std::string{postmaster_name}, {}}); }

/// One name, with its tag or without: first with the domain, then bare; aliases before users.
Result<Resolution> Addressing::find_name(const Address& address, std::string_view local, Use use) const {
    std::string name{local};
    name += address.at_domain;
    for (const bool bare : {false, true}) {
        if (bare && !address.may_be_bare) break;
        if (bare) name = local;
        const auto* alias = use == Use::users ? nullptr : aliases_->find(name);
        if (alias != nullptr) return Resolution{Resolution::Kind::alias, {}, {}, alias};
        const auto exists = user_exists_(name);
        if (!exists) return failure(exists.error());
        if (*exists) return Resolution{Resolution::Kind::user, name};
    }
    return Resolution{Resolution::Kind::unknown};
}

Result<Resolution> Addressing::find(const mail::Mailbox& mailbox, Use use) const {
    if (!is_local(mailbox.domain)) return Resolution{Resolution::Kind::remote};
    const Address address{lower(mailbox.local_part), "@" + lower(mailbox.domain),
                          contains(rules_.domains, mailbox.domain)};
    auto found = find_name(address, address.local, use);
    if (!found || found->kind != Resolution::Kind::unknown) return found;

    const auto separator = std::string_view{address.local}.find_first_of(rules_.tag_separators);
    if (separator != std::string_view::npos && separator > 0) {
        found = find_name(address, std::string_view{address.local}.substr(0, separator), use);
        if (!found || found->kind != Resolution::Kind::unknown) {
            if (found) found->tag = mailbox.local_part.substr(separator + 1);
            return found;
        }
    }
    const auto* catch_all = use == Use::users ? nullptr : aliases_->find(address.at_domain);
    if (catch_all != nullptr) return Resolution{Resolution::Kind::alias, {}, {}, catch_all};
    return found;
}

Result<Resolution> Addressing::resolve(const mail::Mailbox& mailbox) const {
    const auto whole = complete(mailbox);
    auto found = find(whole, Use::aliases_and_users);
    const bool local = mailbox.domain.empty() || (found && found->kind == Resolution::Kind::unknown);
    if (!found || !local || !iequals(mailbox.local_part, postmaster_name)) return found;
    if (found->kind == Resolution::Kind::user || found->kind == Resolution::Kind::alias) return found;
    return Resolution{Resolution::Kind::alias, {}, {}, &postmaster_};
}

Result<Resolution> Addressing::resolve_user(const mail::Mailbox& mailbox) const {
    return find(complete(mailbox), Use::users);
}

}  // namespace mailpipe::mta
