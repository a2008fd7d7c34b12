// SPDX-License-Identifier: ISC
#include "mta/mailboxes.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

namespace mailpipe::mta {

namespace {

using namespace std::chrono_literals;

/// What stat(2) says of each source; zeros for what is no file.
std::vector<struct stat> stamps_of(const std::vector<std::string>& sources) {
    std::vector<struct stat> stamps;
    for (const auto& source : sources) {
        struct stat st {};
        if (::stat(source.c_str(), &st) != 0) st = {};
        stamps.push_back(st);
    }
    return stamps;
}

bool is_same_file(const struct stat& a, const struct stat& b) {
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino && a.st_size == b.st_size &&
           a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

}  // namespace

Mailboxes::Mailboxes(MailboxRules rules) : rules_(std::move(rules)) {
    if (::geteuid() != 0) self_ = ourselves();
}

Result<Mailboxes> Mailboxes::open(MailboxRules rules) {
    Mailboxes mailboxes{std::move(rules)};
    mailboxes.stamps_ = stamps_of(mailboxes.rules_.users);
    if (auto loaded = mailboxes.load(); !loaded) return failure(loaded.error());
    return mailboxes;
}

Result<void> Mailboxes::load() {
    auto users = sasl::Users::open(rules_.users);
    if (!users) return failure(users.error());
    std::unique_ptr<Loaded> loaded{new Loaded{std::move(*users), {}, {}}};
    const auto exists = [&known = loaded->users](std::string_view name) { return known.find(name).has_value(); };
    auto addressing = Addressing::create(rules_.addressing, loaded->aliases, exists);
    if (!addressing) return failure(addressing.error());
    loaded->addressing = std::move(*addressing);
    loaded_ = std::move(loaded);
    return {};
}

void Mailboxes::reload_changed() {
    fresh_until_ = io::Deadline::after(1s);
    auto now = stamps_of(rules_.users);
    if (std::ranges::equal(now, stamps_, is_same_file)) return;
    stamps_ = std::move(now);
    if (auto loaded = load(); !loaded) LogLine("error").add("what", "not reloaded: " + loaded.error().what).write();
}

void Mailboxes::refresh() {
    if (fresh_until_.remaining() == 0ms) reload_changed();
}

Result<Destination> Mailboxes::find(const mail::Mailbox& address) {
    const auto whole = loaded_->addressing->complete(address);
    auto found = look_up(whole);
    if (found && !*found) {
        reload_changed();
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
    const auto found = loaded_->addressing->resolve_user(whole);
    if (!found) return failure(found.error());
    if (found->kind != Resolution::Kind::user) return std::nullopt;
    const auto user = loaded_->users.find(found->user);
    if (!user) return std::nullopt;
    const auto& domains = rules_.addressing.domains;
    auto path = sasl::maildir_of(*user, rules_.maildir, domains.empty() ? std::string_view{} : domains.front());
    if (!path) return failure(path.error());
    const auto owner = owner_of(*user);
    if (!owner) return failure(owner.error());
    const bool has_quota = user->max_octets > 0 || user->max_messages > 0;
    const auto quota = has_quota ? store::Quota{user->max_octets, user->max_messages} : rules_.quota;
    return Destination{whole, *owner, std::move(*path), folder_directories(found->tag), quota};
}

}  // namespace mailpipe::mta
