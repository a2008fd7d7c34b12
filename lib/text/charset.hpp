// SPDX-License-Identifier: ISC
// Text in the charsets of mail as UTF-8, through iconv(3). Nothing in a message makes it fail, or lose what it can't read.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::text {

/// What these octets are in UTF-8. An octet that makes no sense in `charset`, and every one where nobody knows that
/// charset, is read as windows-1252, of which each octet is some character. UTF-7, which nobody may mean, is unknown.
std::string to_utf8(std::string_view octets, std::string_view charset);

/// Whether somebody knows that charset, so that to_utf8 does not have to guess.
bool is_known_charset(std::string_view charset);

/// The character that this octet is there. What windows-1252 leaves open is the C1 control of that number.
char32_t windows_1252(char c);

/// UTF-8 in another charset; a character that it lacks is put as one that looks alike, or as '?'. Nothing where nobody knows
/// that charset.
std::optional<std::string> from_utf8(std::string_view text, std::string_view charset);

}  // namespace mailpipe::text
