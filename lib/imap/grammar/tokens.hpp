// SPDX-License-Identifier: ISC
// What commands are made of: atoms and strings of RFC 9051 section 9. Each function takes all of its token, or nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "text/cursor.hpp"

namespace mailpipe::imap {

/// ATOM-CHAR.
bool is_atom_char(char c);
/// ASTRING-CHAR; and, which departs from RFC 9051 section 9, what is not ASCII: clients send names in plain UTF-8.
bool is_astring_char(char c);
/// list-char: the same with '%' and '*'.
bool is_list_char(char c);

std::optional<std::string_view> take_atom(text::Cursor& cursor);
/// A quoted string or a literal. In a quoted one only UTF-8 (RFC 6855 section 3); in a literal any octet but NUL.
std::optional<std::string> take_string(text::Cursor& cursor);
/// The same, but a binary literal may have NULs.
std::optional<std::string> take_binary_string(text::Cursor& cursor);
std::optional<std::string> take_astring(text::Cursor& cursor);
/// list-mailbox.
std::optional<std::string> take_pattern(text::Cursor& cursor);
/// NIL where no longer atom begins with it.
bool take_nil(text::Cursor& cursor);

/// number64: up to 63 bits.
std::optional<std::uint64_t> take_number64(text::Cursor& cursor);
/// nz-number: 1 to 32 bits.
std::optional<std::uint32_t> take_nz_number(text::Cursor& cursor);

}  // namespace mailpipe::imap
