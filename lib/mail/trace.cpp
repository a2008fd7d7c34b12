// SPDX-License-Identifier: ISC
#include "mail/trace.hpp"

#include "base/ascii.hpp"
#include "mail/header.hpp"

namespace mailpipe::mail {

void MailboxSet::add(const Mailbox& mailbox) { folded_.insert(lower(to_string(mailbox))); }

bool MailboxSet::contains(const Mailbox& mailbox) const {
    return !folded_.empty() && folded_.contains(lower(to_string(mailbox)));
}

Trace read_trace(std::string_view header) {
    Trace trace;
    HeaderReader fields{header};
    while (const auto field = fields.next()) {
        if (iequals(field->name, "Received")) {
            ++trace.received;
        } else if (iequals(field->name, "Delivered-To")) {
            const auto mailbox = parse_mailbox(unfold(field->value));
            auto& mailboxes = trace.received == 0 ? trace.delivering_to : trace.delivered_to;
            if (mailbox) mailboxes.add(*mailbox);
        }
    }
    return trace;
}

}  // namespace mailpipe::mail
