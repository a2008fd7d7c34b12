// SPDX-License-Identifier: ISC
// Names with wildcards: RFC 9051 section 6.3.9.
#pragma once

#include <string_view>

namespace mailpipe::imap {

/// '*' is anything, '%' anything without `delimiter`. INBOX matches in any case. Takes no longer than the name's length
/// times the pattern's, however many wildcards there are.
bool matches_pattern(std::string_view name, std::string_view pattern, char delimiter);

}  // namespace mailpipe::imap
