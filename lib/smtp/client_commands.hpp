// SPDX-License-Identifier: ISC
// MAIL and RCPT as a client says them, with the parameters of what the server offers; and what it can't take.
#pragma once

#include <optional>
#include <string>

#include "mail/envelope.hpp"
#include "smtp/client.hpp"
#include "smtp/extensions.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::smtp {

/// Why a server with these extensions can't take the message (RFC 6531 section 3.5, RFC 6152 section 3, RFC 1870 section 6.1,
/// RFC 8689 section 4.2.1), in the words that it would have used.
std::optional<Reply> cannot_take(const OutgoingMessage& message, const Extensions& extensions);

/// With CRLF.
std::string mail_command(const OutgoingMessage& message, const Extensions& extensions);
std::string rcpt_command(const mail::Recipient& recipient, const Extensions& extensions);

}  // namespace mailpipe::smtp
