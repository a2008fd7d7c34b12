// SPDX-License-Identifier: ISC
#include "mail/trace.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "mail/header.hpp"

namespace mailpipe::mail {

Trace read_trace(std::string_view header) {
    Trace trace;
    HeaderReader fields{header};
    while (const auto field = fields.next()) {
        if (iequals(field->name, "Received")) {
            ++trace.received;
        } else if (iequals(field->name, "Delivered-To")) {
            auto mailbox = parse_mailbox(unfold(field->value));
            auto& mailboxes = trace.received == 0 ? trace.delivering_to : trace.delivered_to;
            if (mailbox) mailboxes.push_back(std::move(*mailbox));
        }
    }
    return trace;
}

bool names(const std::vector<Mailbox>& mailboxes, const Mailbox& mailbox) {
    return std::ranges::any_of(mailboxes, [&](const Mailbox& one) {
        return iequals(one.local_part, mailbox.local_part) && iequals(one.domain, mailbox.domain);
    });
}

}  // namespace mailpipe::mail
