// SPDX-License-Identifier: ISC
// Characters as the protocols see them: US-ASCII, no locale.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_alpha(char c) { return is_upper(c) || is_lower(c); }
constexpr bool is_alnum(char c) { return is_alpha(c) || is_digit(c); }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr bool is_no_blank(char c) { return !is_blank(c); }
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
constexpr bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c + 32) : c; }
/// Of a hexadecimal digit, -1 for what is none.
constexpr int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    const char small = to_lower(c);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}
/// The other way, 0 to 15, in capitals.
constexpr char hex_digit(unsigned value) { return static_cast<char>(value < 10 ? '0' + value : 'A' + value - 10); }
constexpr char to_upper(char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; }

/// Equal but for the case of ASCII letters.
bool iequals(std::string_view a, std::string_view b);
/// `text` begins with `prefix` but for the case of ASCII letters.
bool istarts_with(std::string_view text, std::string_view prefix);
std::string lower(std::string_view text);
/// Without spaces and tabs (and CR, LF) at both ends.
std::string_view trim(std::string_view text);
bool all_ascii(std::string_view text);

}  // namespace mailpipe
