// SPDX-License-Identifier: ISC
#include "mta/local/own_mailbox.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

std::string own_name() {
    const passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? std::string{entry->pw_name} : fmt::format("{}", ::geteuid());
}

std::string own_home() {
    const char* home = std::getenv("HOME");
    if (home != nullptr && *home == '/') return home;
    const passwd* entry = ::getpwuid(::geteuid());
    return entry != nullptr ? std::string{entry->pw_dir} : std::string{};
}

Result<mail::Mailbox> parse_recipient(const std::string& text) {
    auto mailbox = mail::parse_address(text);
    if (mailbox) return mailbox;
    return failure(
        {Fault::permanent, fmt::format("recipient '{}': {}", text, mailbox.error().what), ExitStatus::usage});
}

/// The addressing of a site that has nobody but us.
Result<Destination> find_own(const MailboxRules& rules, const mail::Mailbox& address) {
    const Aliases none;
    const auto name = own_name();
    const auto is_ours = [&](std::string_view asked) { return iequals(asked, name); };
    const auto addressing = Addressing::create(rules.addressing, none, is_ours);
    if (!addressing) return failure(addressing.error());
    auto whole = addressing->complete(address);
    const auto found = addressing->resolve_user(whole);
    if (!found) return failure(found.error());
    if (found->kind != Resolution::Kind::user) {
        const auto what = fmt::format("no mailbox of {} here", mail::to_string(whole));
        return failure({Fault::permanent, what, ExitStatus::no_user});
    }
    sasl::User user;
    user.name = name;
    user.home = own_home();
    auto path = sasl::maildir_of(user, rules.maildir, rules.addressing.first_domain());
    if (!path) return failure(path.error());
    return Destination{std::move(whole), ourselves(), std::move(*path), folder_directories(found->tag), rules.quota};
}

}  // namespace

Result<Destination> own_mailbox(const MailboxRules& rules) { return find_own(rules, {own_name(), {}}); }

Result<Destination> mailbox_of(const MailboxRules& rules, const std::string& address) {
    const auto mailbox = parse_recipient(address);
    if (!mailbox) return failure(mailbox.error());
    Result<Destination> listed =
        Mailboxes::open(rules).and_then([&](Mailboxes mailboxes) { return mailboxes.find(*mailbox); });
    const bool is_root = ::geteuid() == 0;
    if (listed || is_root) return listed;
    auto own = find_own(rules, *mailbox);
    return own ? own : listed;
}

}  // namespace mailpipe::mta
