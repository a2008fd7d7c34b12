// SPDX-License-Identifier: ISC
// Where a message has been, as its header tells: what loops are found by (RFC 5321 section 6.3, RFC 9228).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "mail/mailbox.hpp"

namespace mailpipe::mail {

/// Found by what they say, whatever its case: a message may have thousands of recipients, and its header of fields.
class MailboxSet {
public:
    void add(const Mailbox& mailbox);
    bool contains(const Mailbox& mailbox) const;

private:
    std::unordered_set<std::string> folded_;
};

struct Trace {
    std::uint64_t received = 0;  ///< Received fields
    MailboxSet delivered_to;     ///< Delivered-To fields below the first Received: deliveries of the past
    /// Those above it, or where there is none: written for the delivery that goes on now (by sendq, Postfix's local(8),
    /// getmail).
    MailboxSet delivering_to;
};

/// `header` may go on with a body. A Delivered-To that is no mailbox is left out.
Trace read_trace(std::string_view header);

}  // namespace mailpipe::mail
