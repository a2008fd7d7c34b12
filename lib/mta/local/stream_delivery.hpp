// SPDX-License-Identifier: ISC
// One message from a descriptor (a pipe from an MTA, a mail fetcher, a shell) into one mailbox.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "mta/local/local_message.hpp"

namespace mailpipe::mta {

/// What `given` says, or without it $SENDER, which qmail and Postfix set; nothing where only the message may tell.
/// Errors: as parse_sender(), of `given`. A name without a domain gets `domain`.
Result<std::optional<mail::ReversePath>> known_sender(const std::optional<std::string>& given, std::string_view domain);

/// Stores what can be read until the end, with LF or CRLF, durably, and returns the name of the file. An mbox's "From "
/// line at the top goes; it tells the sender where `sender` is nothing.
/// Errors: 65 for no message at all or one that loops, 73 for a full mailbox if that is permanent, else 75
/// for all that the system says.
Result<std::string> deliver_stream(const Fd& input, LocalStore& store, Destination destination,
                                   std::optional<mail::ReversePath> sender);

}  // namespace mailpipe::mta
