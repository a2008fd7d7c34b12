// SPDX-License-Identifier: ISC
// What the fields of a header are made of: RFC 5322 section 3.2, RFC 2045 section 5.1; and what real mail makes of it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "text/cursor.hpp"

namespace mailpipe::text {

/// What folding white space is made of: blanks and line ends.
constexpr bool is_fws(char c) { return is_blank(c) || c == '\r' || c == '\n'; }

struct Quoted {
    std::string text;  ///< without quotes, backslashes and line ends
    bool is_closed;    ///< else it goes to the end
};
/// A quoted-string. Precondition: the next octet is '"'.
Quoted take_quoted(Cursor& cursor);
/// A comment, its text without the outer parentheses; those within it stay. Precondition: the next octet is '('.
Quoted take_comment(Cursor& cursor);

/// `text` as a quoted-string (RFC 5322 section 3.2.4), which RFC 3501 section 9 writes the same way.
std::string in_quotes(std::string_view text);

/// What `take` (one of both) gives if it has an end. Else nothing, the cursor stays, and `has_end` becomes false: no later
/// one has an end either, and so that many of them cost no more than one, none is looked at again.
std::optional<std::string> take_closed(Cursor& cursor, Quoted (*take)(Cursor&), bool& has_end);

/// [CFWS]: blanks, line ends, and comments within comments. A comment without its end goes to the end.
void skip_cfws(Cursor& cursor);

/// Appends what `text` means where `mark` and two hexadecimal digits are an octet ("%c3", "=C3"); a mark without them stays.
void append_unescaped(std::string& octets, std::string_view text, char mark);

/// Appends `mark` and the octet's two hexadecimal digits, in capitals.
void append_escaped(std::string& text, char octet, char mark);

/// Which octets a rule allows.
using Alphabet = std::array<bool, 256>;
constexpr Alphabet alphabet_of(bool (*rule)(char)) {
    Alphabet is{};
    for (std::size_t octet = 0; octet < is.size(); ++octet) is[octet] = rule(static_cast<char>(octet));
    return is;
}
/// ASCII but for controls, blanks and `specials`; what is not ASCII as `with_8bit` says.
constexpr Alphabet alphabet_without(std::string_view specials, bool with_8bit) {
    Alphabet is{};
    for (std::size_t octet = ' ' + 1; octet < is.size(); ++octet) is[octet] = octet < 0x7f || (octet > 0x7f && with_8bit);
    for (const char special : specials) is[static_cast<unsigned char>(special)] = false;
    return is;
}
constexpr bool has(const Alphabet& is, char c) { return is[static_cast<unsigned char>(c)]; }
inline constexpr auto atext_octets = alphabet_without("()<>@,;:\\\"[].", /*with_8bit=*/true);
inline constexpr auto token_octets = alphabet_without("()<>@,;:\\\"/[]?=", /*with_8bit=*/false);

/// atext of RFC 5322 section 3.2.3, with what is not ASCII (RFC 6532 section 3.2).
constexpr bool is_atext(char c) { return has(atext_octets, c); }

/// token of RFC 2045: ASCII but for controls, blanks and tspecials.
constexpr bool is_token(char c) { return has(token_octets, c); }

}  // namespace mailpipe::text
