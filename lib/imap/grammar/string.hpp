// SPDX-License-Identifier: ISC
// Strings as a server sends them: RFC 9051 section 4.3, RFC 3501 section 4.3, and in UTF-8 as RFC 6855 section 3 has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mailpipe::imap {

/// Whether the client said ENABLE UTF8=ACCEPT or IMAP4rev2: quoted strings and mailbox names are in UTF-8 then.
enum class Utf8 : std::uint8_t { off, on };

/// Longer ones, and those with line ends or 8-bit octets that may not be quoted, are literals.
constexpr std::size_t max_quoted_octets = 1000;

/// A quoted string or a literal. No string may have a NUL: it becomes 0x80, as Dovecot has it.
void append_string(std::string& out, std::string_view text, Utf8 utf8 = Utf8::off);
/// The same, or NIL.
void append_nstring(std::string& out, const std::optional<std::string>& text, Utf8 utf8 = Utf8::off);
/// An atom where it may be one, else a string.
void append_astring(std::string& out, std::string_view text, Utf8 utf8 = Utf8::off);
/// "~{n}" and the octets, NULs as well: literal8 of RFC 9051 section 9.
void append_literal8(std::string& out, std::string_view octets);

}  // namespace mailpipe::imap
