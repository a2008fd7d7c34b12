// SPDX-License-Identifier: ISC
// A message's text as the literal of a FETCH response (RFC 3501 section 4.3, RFC 9051 section 4.3).
#pragma once

#include <optional>
#include <string_view>

#include "imap/grammar/section.hpp"
#include "mime/sink.hpp"

namespace mailpipe::imap {

/// Gives `sink` "{n}" CRLF and n octets: the text on the wire, where each line ends in CRLF, or what `partial` leaves of
/// it, which is short or empty where the text ends. A NUL becomes 0x80, since no literal may have one (RFC 9051 section
/// 4.3). Pieces have 64 kB at most. Text before a partial is counted, text behind it not touched.
void write_literal(std::string_view text, const std::optional<Partial>& partial, const mime::Sink& sink);

}  // namespace mailpipe::imap
