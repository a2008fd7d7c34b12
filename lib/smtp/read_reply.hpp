// SPDX-License-Identifier: ISC
// Replies as a client reads them (RFC 5321 section 4.2.1, RFC 2034).
#pragma once

#include "base/result.hpp"
#include "io/channel.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::smtp {

constexpr std::size_t max_reply_line_octets = 2048;  ///< RFC 5321 section 4.5.3.1.5 says 512; not all keep to it
constexpr std::size_t max_reply_lines = 200;

/// The next reply; sends what was gathered first. The enhanced code, where each line has one, stands apart from the text.
/// Errors: transient, for a peer that closes, is late, or does not speak SMTP.
Result<Reply> read_reply(io::Channel& channel, io::Deadline deadline);

}  // namespace mailpipe::smtp
