// SPDX-License-Identifier: ISC
// Delivery reports to senders (RFC 3461, RFC 3464, RFC 6522, RFC 6533): which are due, and how they get into the spool.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mail/mailbox.hpp"
#include "queue/message.hpp"
#include "queue/schedule.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

struct NoticeRules {
    std::string hostname;
    mail::Mailbox postmaster;  ///< whom reports come from, and who gets those that nobody else can get
    queue::Schedule schedule{};
    /// How old a message is when its sender is told that it still waits, unless NOTIFY speaks against it. 0: only who has
    /// asked for it with NOTIFY=DELAY is told, after asked_delay_notice.
    std::chrono::seconds delay_notice{0};
};

constexpr std::chrono::seconds asked_delay_notice{4 * 3600};

/// The original goes with its report up to this size; beyond, and where RET=HDRS asks for it, only its header.
constexpr std::uint64_t max_returned_octets = 64 * 1024;
constexpr std::size_t max_returned_header_octets = 64 * 1024;

/// Numbers (from 0) of the recipients whose outcome, or delay, somebody has to be told now.
std::vector<std::size_t> due_notices(const NoticeRules& rules, const queue::Message& message, std::int64_t now);

/// When, after `now`, somebody is to be told of a delay, if nothing comes between. Nothing: nobody ever is.
std::optional<std::int64_t> next_delay_notice(const NoticeRules& rules, const queue::Message& message, std::int64_t now);

/// True for postmaster, or who an alias of his stands for, of a message without a sender (mostly a report): when it fails for him
/// there is nobody left to tell.
bool is_last_resort(const NoticeRules& rules, const queue::Message& message, const queue::RecipientState& state);

/// True when that has happened.
bool is_hopeless(const NoticeRules& rules, const queue::Message& message);

/// Puts one report about these recipients into the spool, for the sender (or, when there is none, postmaster).
/// Returns its id. Errors: transient.
Result<std::string> write_notice(const NoticeRules& rules, const queue::Spool& spool, queue::Message& message,
                                 const std::vector<std::size_t>& recipients, Time now);

}  // namespace mailpipe::mta
