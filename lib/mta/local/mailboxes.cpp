// SPDX-License-Identifier: ISC
#include "mta/local/mailboxes.hpp"

#include <pwd.h>
#include <unistd.h>

#include <fmt/format.h>

namespace mailpipe::mta {

Mailboxes::Mailboxes(Directory directory, std::string maildir)
    : directory_(std::move(directory)), maildir_(std::move(maildir)) {
    if (::geteuid() != 0) self_ = ourselves();
}

Result<Mailboxes> Mailboxes::open(MailboxRules rules) {
    auto directory = Directory::open({std::move(rules.users), {}, std::move(rules.addressing), rules.quota});
    if (!directory) return failure(directory.error());
    return Mailboxes{std::move(*directory), std::move(rules.maildir)};
}

Result<Destination> Mailboxes::find(const mail::Mailbox& address) {
    const auto whole = directory_.addressing().complete(address);
    auto found = look_up(whole);
    if (found && !*found) {
        if (auto fresh = directory_.refresh(); !fresh) return failure(fresh.error());
        found = look_up(whole);
    }
    if (!found) return failure(found.error());
    if (*found) return std::move(**found);
    return failure(
        {Fault::permanent, fmt::format("no mailbox of {} here", mail::to_string(whole)), ExitStatus::no_user});
}

/// Without a gid in users(5) it is the one of passwd(5).
Result<Owner> Mailboxes::owner_of(const sasl::User& user) const {
    if (self_) return *self_;
    if (user.uid && user.gid) return Owner{*user.uid, *user.gid};
    const passwd* entry = user.uid ? ::getpwuid(*user.uid) : nullptr;
    if (entry != nullptr) return Owner{*user.uid, entry->pw_gid};
    const auto what = fmt::format("users(5) does not tell the uid and gid of {}", user.name);
    return failure({Fault::transient, what, ExitStatus::configuration});
}

Result<std::optional<Destination>> Mailboxes::look_up(const mail::Mailbox& whole) const {
    const auto found = directory_.addressing().resolve_user(whole);
    if (!found) return failure(found.error());
    if (found->kind != Resolution::Kind::user) return std::nullopt;
    const auto user = directory_.users().find(found->user);
    if (!user) return std::nullopt;
    auto path = sasl::maildir_of(*user, maildir_, directory_.rules().addressing.first_domain());
    if (!path) return failure(path.error());
    const auto owner = owner_of(*user);
    if (!owner) return failure(owner.error());
    return Destination{whole, *owner, std::move(*path), folder_directories(found->tag), directory_.quota_of(*user)};
}

}  // namespace mailpipe::mta
