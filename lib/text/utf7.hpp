// SPDX-License-Identifier: ISC
// Mailbox names on disk and in IMAP: modified UTF-7 (RFC 3501 section 5.1.3).
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::text {

/// "Entwürfe" → "Entw&APw-rfe", "&" → "&-". Errors: permanent, for what is not UTF-8.
Result<std::string> to_modified_utf7(std::string_view utf8);

}  // namespace mailpipe::text
