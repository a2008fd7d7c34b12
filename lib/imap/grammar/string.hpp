// SPDX-License-Identifier: ISC
// Strings as a server sends them: RFC 3501 section 4.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::imap {

/// Longer ones, and those with 8-bit octets or line ends, are literals.
constexpr std::size_t max_quoted_octets = 1000;

/// A quoted string or a literal. No string may have a NUL: it becomes '?'.
void append_string(std::string& out, std::string_view text);
/// The same, or NIL.
void append_nstring(std::string& out, const std::optional<std::string>& text);

}  // namespace mailpipe::imap
