// SPDX-License-Identifier: ISC
// Mailbox names on disk and in IMAP: modified UTF-7 (RFC 3501 section 5.1.3).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::text {

/// "Entwürfe" → "Entw&APw-rfe", "&" → "&-". Errors: permanent, for what is not UTF-8.
Result<std::string> to_modified_utf7(std::string_view utf8);

/// The other way. Errors: permanent, for what to_modified_utf7() would not write like that: a run without its end, an
/// ASCII character in a run, two runs that could be one, a surrogate alone, bits left over, octets above 0x7e.
Result<std::string> from_modified_utf7(std::string_view utf7);

}  // namespace mailpipe::text
