// SPDX-License-Identifier: ISC
// The envelope's sender as people and programs write it on a command line.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "mail/mailbox.hpp"

namespace mailpipe::mta {

/// Whom a message is from: "joe@example.org", with "<" and ">" or without; nobody for "", "<>" and "MAILER-DAEMON"; a
/// name without a domain gets `domain`. Errors: permanent, 64.
Result<mail::ReversePath> parse_sender(std::string_view text, std::string_view domain);

}  // namespace mailpipe::mta
