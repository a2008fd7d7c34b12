// SPDX-License-Identifier: ISC
// Names of mailboxes: RFC 9051 section 5.1, in modified UTF-7 by RFC 3501 section 5.1.3.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "imap/grammar/string.hpp"

namespace mailpipe::imap {

/// What an astring means as a name, in UTF-8; also where it has wildcards. INBOX in any case is "INBOX", as the first
/// level of a longer name, too (behind it '/' or '.'). Without UTF-8 mode modified UTF-7 is read; what is none, but
/// UTF-8 or a bare '&', stays as it is. An empty name is left to the caller. Errors: permanent, for what is not
/// UTF-8 and for the control characters of RFC 6855 section 3.
Result<std::string> mailbox_name(std::string_view sent, Utf8 utf8);

/// The name as the client reads it: an atom, a quoted string or a literal.
void append_mailbox(std::string& out, std::string_view name, Utf8 utf8);

}  // namespace mailpipe::imap
