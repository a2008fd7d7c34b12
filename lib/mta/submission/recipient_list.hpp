// SPDX-License-Identifier: ISC
// To whom a message goes that programs give to sendmail: those named on its command line, and with -t those of its header.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "mail/mailbox.hpp"
#include "mail/trace.hpp"

namespace mailpipe::mta {

/// Recipients in the order in which they come, each once; a name without a domain gets `domain`.
class RecipientList {
public:
    explicit RecipientList(std::string_view domain) : domain_(domain) {}

    /// An argument: an address, or a list of them as in a field. Errors: 64, for what is none; nothing is added then.
    Result<void> add_argument(std::string_view addresses);

    /// To, Cc and Bcc. Where it has Resent- fields Resent-To, Resent-Cc and Resent-Bcc in place of them; of a message that was
    /// sent on before only those above the first Received field, for the older ones are history (RFC 5322 section 3.6.6).
    /// A field has less than mail::max_addresses where one of them is without a domain. Errors: 65.
    Result<void> add_header(std::string_view header);

    const std::vector<mail::Mailbox>& all() const { return all_; }

private:
    struct Place {
        std::string_view name;
        ExitStatus status;
    };
    Result<std::size_t> add(std::string_view addresses, Place place);

    std::string domain_;
    std::vector<mail::Mailbox> all_;
    mail::MailboxSet known_;
};

}  // namespace mailpipe::mta
