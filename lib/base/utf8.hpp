// SPDX-License-Identifier: ISC
// UTF-8 as RFC 3629 defines it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe {

/// True for octets that are UTF-8 throughout: nothing overlong, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view octets);

/// How many octets of ASCII it begins with.
std::size_t ascii_octets(std::string_view octets);

/// How many octets the first character has; 0 where there is none. `octets` is not empty.
std::size_t character_octets(std::string_view octets);
/// The same, but 0 for a control character too (U+0000 to U+001F, U+007F to U+009F), for what ends a line or a paragraph
/// (U+2028, U+2029), and for what turns the direction of others (U+202A to U+202E, U+2066 to U+2069): "gpj.exe" is shown as
/// "exe.jpg" by it.
std::size_t printable_octets(std::string_view octets);

/// Takes the first character off. Precondition: `utf8` is UTF-8 and not empty.
char32_t take_character(std::string_view& utf8);
/// Precondition: `character` is one: no surrogate, not above U+10FFFF.
void append_character(std::string& utf8, char32_t character);

/// For a terminal, which must not obey what a stranger wrote: '?' for whatever is not printable but LF and tab, and for
/// every octet that is not UTF-8.
std::string for_terminal(std::string_view octets);
/// The same for a part of a line: '?' for LF and tab, too.
std::string line_for_terminal(std::string_view octets);

}  // namespace mailpipe
