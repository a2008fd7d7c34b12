// SPDX-License-Identifier: ISC
// Where a message has been, as its header tells: what loops are found by (RFC 5321 section 6.3, RFC 9228).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mail/mailbox.hpp"

namespace mailpipe::mail {

struct Trace {
    std::uint64_t received = 0;         ///< Received fields
    std::vector<Mailbox> delivered_to;  ///< Delivered-To fields below the first Received: deliveries of the past
    /// Those above it, or where there is none: written for the delivery that goes on now (by sendq, Postfix's local(8),
    /// getmail).
    std::vector<Mailbox> delivering_to;
};

/// `header` may go on with a body. A Delivered-To that is no mailbox is left out.
Trace read_trace(std::string_view header);

/// Is `mailbox` one of them, whatever its case?
bool names(const std::vector<Mailbox>& mailboxes, const Mailbox& mailbox);

}  // namespace mailpipe::mail
