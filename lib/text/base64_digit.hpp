// SPDX-License-Identifier: ISC
// What an octet means in base64 (RFC 4648 section 4), for those who read it. Strict reading, and writing:
// text/base64.hpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace mailpipe::text {

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t base64_none = 0xff;
constexpr std::uint8_t base64_space = 0xfe;  ///< blanks and line ends
constexpr std::uint8_t base64_pad = 0xfd;    ///< '='

constexpr std::array<std::uint8_t, 256> base64_digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(base64_none);
    for (std::size_t i = 0; i < base64_alphabet.size(); ++i) {
        table[static_cast<unsigned char>(base64_alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    for (const unsigned char c : {' ', '\t', '\r', '\n'}) table[c] = base64_space;
    table['='] = base64_pad;
    return table;
}();

/// 0 to 63, or one of the above.
constexpr std::uint8_t base64_digit(char c) { return base64_digits[static_cast<unsigned char>(c)]; }

}  // namespace mailpipe::text
