// SPDX-License-Identifier: ISC
// A Maildir as POP3 sees it: one session's messages by number, what it marked, and the lock that keeps other POP3
// sessions out (RFC 1939 sections 4 and 8). IMAP, and deliveries, may go on beside it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "pop3/text.hpp"
#include "store/dotlock.hpp"
#include "store/mailbox.hpp"

namespace mailpipe::pop3 {

/// Why a session does not get its mailbox.
struct Refusal {
    std::string_view code;  ///< "IN-USE": RFC 2449 section 8, RFC 3206
    Text text;
    std::string why;  ///< for the log
};

Refusal refusal_for(const Error& error);

struct Marks {
    bool retrieved : 1 = false;
    bool deleted : 1 = false;  ///< to be removed by update()
    bool gone : 1 = false;     ///< another session removed it
};

class Maildrop {
public:
    /// Locks the Maildir at `path`, which is made where it is missing, and reads the names in it. `login_delay`: the
    /// least time since the last open(); when that was is kept as the time of the file pop3d-login in the Maildir, as
    /// long as there is a delay.
    static tl::expected<Maildrop, Refusal> open(const std::string& path, std::chrono::seconds login_delay,
                                                const Clock& clock);

    /// Numbers the messages by their UIDs: before anything but totals(). Errors: as store::Mailbox::number.
    Result<void> number();

    struct Totals {
        std::size_t messages;
        std::uint64_t octets;
    };
    /// Of what is not marked as deleted; from the names alone where they tell their sizes.
    Result<Totals> totals();

    // From here on: only after number(). `index` counts from 0.
    std::size_t size() const { return marks_.size(); }
    Marks& marks(std::size_t index) { return marks_[index]; }
    bool is_listed(std::size_t index) const { return !marks_[index].deleted && !marks_[index].gone; }
    store::Mailbox& mailbox() { return mailbox_; }
    store::Mailbox::Message& message(std::size_t index) { return mailbox_.messages()[index]; }

    /// On the wire, with CRLF line ends. Errors: ENOENT, and it is marked as gone.
    Result<std::uint64_t> octets(std::size_t index);
    Result<Fd> open_message(std::size_t index);

    /// Tells others that the session lives: with every command, and in the middle of long messages.
    void keep_lock();

    struct Removed {
        std::size_t messages = 0;
        std::size_t failed = 0;
    };
    /// Removes what is marked as deleted, and logs it.
    Removed remove_deleted(std::string_view user);
    /// What the session saw is no longer new. Dovecot does that at login; later, what is removed need not be moved
    /// first. `flags` are given to what was retrieved.
    void settle(std::string_view flags);

private:
    Maildrop(store::Mailbox mailbox, store::Dotlock lock, const Clock& clock)
        : mailbox_(std::move(mailbox)), lock_(std::move(lock)), clock_(&clock) {}
    std::uint64_t stored_octets(std::size_t index);
    void note_if_gone(std::size_t index, const Error& error);

    store::Mailbox mailbox_;
    store::Dotlock lock_;  // borrows the mailbox's descriptor
    const Clock* clock_;
    std::vector<Marks> marks_;
    std::chrono::steady_clock::time_point touched_ = std::chrono::steady_clock::now();
};

}  // namespace mailpipe::pop3
