// SPDX-License-Identifier: ISC
// ENVELOPE: a message's header as a FETCH response gives it (RFC 3501 section 7.4.2, RFC 9051 section 7.5.2).
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::imap {

/// Appends "(date subject from sender …)". `header` may go on with a body, and begin with a mbox's "From " line; of fields that should be one the first counts.
/// Values are unfolded, their encoded-words as they stand.
void append_envelope(std::string& out, std::string_view header);

}  // namespace mailpipe::imap
