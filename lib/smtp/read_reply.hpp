// SPDX-License-Identifier: ISC
// Replies as a client reads them (RFC 5321 section 4.2.1, RFC 2034).
#pragma once

#include <chrono>

#include "base/result.hpp"
#include "io/channel.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::smtp {

/// With the line's end: RFC 5321 section 4.5.3.1.5 says 512, not all keep to it. Of a longer one the first
/// io::Channel::kept_octets are kept.
constexpr std::size_t max_reply_line_octets = 2048;
constexpr std::size_t max_reply_lines = 200;     ///< whose text is kept; of more only the code is looked at
/// What is longer is an error: it has no end.
constexpr std::size_t max_read_lines = 200'000;
constexpr std::size_t max_reply_octets = 4 * 1024 * 1024;  ///< with the lines' ends

/// The next reply; sends what was gathered first. The enhanced code, where each line has one, stands apart from the text. A
/// message may have been taken by a reply that is too long to be kept: it counts, without what is beyond the limits.
/// Errors: transient, for a peer that closes (also in the middle of a line), is late, does not end its reply, or does not speak SMTP.
Result<Reply> read_reply(io::Channel& channel, io::Deadline deadline);

enum class Ahead { nothing, text, end /* closed, or broken */ };
/// What the peer has said, or done, before it was asked, or does within `patience`. Where there is something, sends what was gathered.
Ahead look_ahead(io::Channel& channel, std::chrono::milliseconds patience = {});

}  // namespace mailpipe::smtp
