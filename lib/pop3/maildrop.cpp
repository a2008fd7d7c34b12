// SPDX-License-Identifier: ISC
#include "pop3/maildrop.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "base/files.hpp"
#include "base/log.hpp"
#include "store/maildir.hpp"
#include "store/maildir_name.hpp"
#include "store/maildirsize.hpp"
#include "store/uid_file.hpp"

namespace mailpipe::pop3 {

using namespace std::chrono_literals;

namespace {

const std::string lock_name = "pop3d";         // and .lock
const std::string login_name = "pop3d-login";  // its time is that of the last login
// Half an hour without a command or a piece of a message, when ten minutes end a session: nobody is there.
constexpr store::Dotlock::Rules lock_rules{.wait = 0ms, .stale = 30min, .owner = store::Dotlock::Owner::toucher};
constexpr auto touch_interval = 1min;

/// Refuses, or notes the login. A time from the future (a clock was wrong) is none.
std::optional<Refusal> check_login_delay(const Fd& directory, std::chrono::seconds delay, const Clock& clock) {
    if (delay == 0s) return {};
    const auto last = status_at(directory, login_name);
    const auto now = unix_seconds(clock.now());
    if (last && last->st_mtime <= now && now - last->st_mtime < delay.count()) {
        return Refusal{"LOGIN-DELAY", Text::too_soon, "too soon after the last login"};
    }
    const Fd file{::openat(directory.number(), login_name.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600)};
    if (!file) return refusal_for(system_error(errno, "create " + login_name));
    if (auto r = set_modified(file, now); !r) return refusal_for(r.error());
    return {};
}

/// Who never got mail has no Maildir, or half of one if deliver was killed: it is made as deliver makes it.
Result<store::Mailbox> open_or_make(const std::string& path) {
    auto mailbox = store::Mailbox::open(path);
    if (mailbox || mailbox.error().number != ENOENT) return mailbox;
    if (const auto made = store::Maildir::open(path); !made) return failure(made.error());
    return store::Mailbox::open(path);
}

}  // namespace

Refusal refusal_for(const Error& error) {
    if (error.number == EAGAIN) return {"IN-USE", Text::in_use, error.what};
    if (error.fault == Fault::transient) return {"SYS/TEMP", Text::mailbox_trouble, error.what};
    return {"SYS/PERM", Text::mailbox_unusable, error.what};
}

tl::expected<Maildrop, Refusal> Maildrop::open(const std::string& path, std::chrono::seconds login_delay,
                                               const Clock& clock) {
    auto mailbox = open_or_make(path);
    if (!mailbox) return tl::unexpected(refusal_for(mailbox.error()));
    auto lock = store::Dotlock::take(mailbox->directory(), lock_name, lock_rules);
    if (!lock) return tl::unexpected(refusal_for(lock.error()));
    if (auto refused = check_login_delay(mailbox->directory(), login_delay, clock)) return tl::unexpected(*refused);
    if (auto r = mailbox->scan(); !r) return tl::unexpected(refusal_for(r.error()));
    return Maildrop{std::move(*mailbox), std::move(*lock), clock};
}

Result<void> Maildrop::number() {
    if (!marks_.empty()) return {};
    if (auto r = mailbox_.number(*clock_); !r) return r;
    marks_.resize(mailbox_.messages().size());
    return {};
}

Result<Maildrop::Totals> Maildrop::totals() {
    constexpr auto unknown = store::Mailbox::unknown_size;
    const auto& messages = mailbox_.messages();
    if (std::ranges::any_of(messages, [](const auto& m) { return m.wire_octets == unknown; })) {
        if (auto r = number(); !r) return failure(r.error());  // the uidlist may know
        for (std::size_t i = 0; i < size(); ++i) (void)octets(i);
    }
    Totals totals{0, 0};
    for (std::size_t i = 0; i < messages.size(); ++i) {
        if (!marks_.empty() && !is_listed(i)) continue;
        ++totals.messages;
        if (messages[i].wire_octets != unknown) totals.octets += messages[i].wire_octets;
    }
    return totals;
}

void Maildrop::note_if_gone(std::size_t index, const Error& error) {
    if (error.number == ENOENT) marks_[index].gone = true;
}

Result<std::uint64_t> Maildrop::octets(std::size_t index) {
    auto octets = mailbox_.measure(message(index));
    if (!octets) note_if_gone(index, octets.error());
    return octets;
}

Result<Fd> Maildrop::open_message(std::size_t index) {
    auto file = mailbox_.open_message(message(index));
    if (!file) note_if_gone(index, file.error());
    return file;
}

/// What is on disk, for the quota: as the name says, or the file.
std::uint64_t Maildrop::stored_octets(std::size_t index) {
    const auto octets = store::parse_maildir_name(mailbox_.base(message(index))).octets();
    if (octets) return *octets;
    const auto file = open_message(index);
    const auto found = file ? status(*file) : failure(file.error());
    return found ? static_cast<std::uint64_t>(found->st_size) : 0;
}

Maildrop::Removed Maildrop::remove_deleted(std::string_view user) {
    Removed removed;
    store::Usage usage;
    for (std::size_t i = 0; i < size(); ++i) {
        if (!marks_[i].deleted || marks_[i].gone) continue;
        const auto octets = stored_octets(i);
        const auto name = std::string{mailbox_.base(message(i))};
        if (auto r = mailbox_.remove(message(i)); !r) {
            LogLine("trouble").add("user", user).add("what", r.error().what).write();
            ++removed.failed;
            continue;
        }
        marks_[i].gone = true;
        ++removed.messages;
        usage.add_message(octets);
        LogLine("deleted").add("id", store::parse_maildir_name(name).unique).add("user", user).write();
    }
    if (usage.messages != 0) store::record_usage(mailbox_.directory(), {-usage.octets, -usage.messages});
    return removed;
}

void Maildrop::settle(std::string_view flags) {
    const auto has_to_move = [&](std::size_t i) {
        if (marks_[i].gone) return false;
        return mailbox_.is_new(message(i)) || (marks_[i].retrieved && !flags.empty());
    };
    std::optional<store::Dotlock> lock;
    for (std::size_t i = 0; i < size(); ++i) {
        if (!has_to_move(i)) continue;
        if (!lock) {
            auto taken = store::lock_uid_map(mailbox_.directory());
            if (!taken) return;  // the next session does it
            lock.emplace(std::move(*taken));
        }
        (void)mailbox_.add_flags(message(i), marks_[i].retrieved ? flags : "");
    }
}

void Maildrop::keep_lock() {
    const auto now = std::chrono::steady_clock::now();
    if (now - touched_ < touch_interval) return;
    touched_ = now;
    (void)lock_.touch();
}

}  // namespace mailpipe::pop3
