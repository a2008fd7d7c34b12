// SPDX-License-Identifier: ISC
// What has become of a message's recipients: lines behind the message in its spool file. Manual: spool(5), JOURNAL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::queue {

enum class Event {
    delivered,  ///< the last station has it
    deferred,   ///< not now; to be tried again
    failed,     ///< never; a bounce is due
    relayed,    ///< another host has it
    expanded,   ///< an alias: `text` has the addresses that stand in for it, which are recipients from now on
    notified,   ///< the sender has been told: of the outcome, or, when there is none yet, of the delay
    routed,     ///< `text` is the site that is his next hop from now on
    tried,      ///< a host that could not be reached or trusted, and why; another one was tried after it
};

std::string_view to_string(Event event);

/// Of a reply's text so much is kept.
constexpr std::size_t max_reply_octets = 500;

struct JournalLine {
    std::int64_t time;      ///< unix seconds
    std::size_t recipient;  ///< from 1: those of the envelope, then those that aliases led to, in the journal's order
    Event event;
    int code;               ///< of the reply
    std::string enhanced;   ///< as "2.1.5"; what is empty is written as the code's class, "2.0.0"
    std::string text;

    bool operator==(const JournalLine&) const = default;
};

/// Its enhanced code; the class of its code, "5.0.0", where it has none.
std::string enhanced_code(const JournalLine& line);

/// With its line end. Control characters become blanks, but for tabs.
std::string to_string(const JournalLine& line);

/// "451 4.2.0 try again", for people: control characters become blanks.
std::string reply_text(const JournalLine& line);

/// Lines that are no lines of a journal are passed over: what is not known to be done is done again.
/// So is an unfinished last one: it was cut off before anyone relied on it.
std::vector<JournalLine> parse_journal(std::string_view text);

/// The text of Event::expanded.
std::string join_addresses(const std::vector<mail::Mailbox>& mailboxes);
/// Errors: permanent, for what join_addresses() does not write.
Result<std::vector<mail::Mailbox>> split_addresses(std::string_view text);

}  // namespace mailpipe::queue
