// SPDX-License-Identifier: ISC
// Mailbox names on disk and in IMAP: modified UTF-7 (RFC 3501 section 5.1.3).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::text {

/// "Entwürfe" → "Entw&APw-rfe", "&" → "&-". Errors: permanent, for what is not UTF-8.
Result<std::string> to_modified_utf7(std::string_view utf8);

/// The other way. Errors: permanent, for whatever to_modified_utf7 does not write.
Result<std::string> from_modified_utf7(std::string_view utf7);

/// The same for what clients send: Base64 of characters that need none is read, and what makes no sense (a bare '&',
/// octets that are not ASCII) stays as it is, UTF-8 or not.
std::string read_modified_utf7(std::string_view utf7);

/// What RFC 6855 section 3 forbids in the name of a mailbox: control characters, and the separators of lines and paragraphs.
/// Precondition: `name` is UTF-8.
bool has_forbidden_characters(std::string_view name);

}  // namespace mailpipe::text
