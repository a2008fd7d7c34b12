// SPDX-License-Identifier: ISC
// Commands of a few words: ENABLE (RFC 5161), COMPRESS (RFC 4978), CANCELUPDATE (RFC 5267 section 4.3.2); and those of none.
#pragma once

#include <string>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

/// CAPABILITY, NOOP, EXPUNGE, UNSELECT …: nothing may follow.
Result<void> parse_no_arguments(const Command& command);
/// Capabilities in capitals, at least one. Unknown ones are no error (RFC 5161 section 3.1).
Result<std::vector<std::string>> parse_enable(const Command& command);
/// The algorithm in capitals: "DEFLATE", or one for NO.
Result<std::string> parse_compress(const Command& command);
/// Tags, at least one.
Result<std::vector<std::string>> parse_cancel_update(const Command& command);

}  // namespace mailpipe::imap
