// SPDX-License-Identifier: ISC
// The lines of a text, and how long those of a message may be.
#pragma once

#include <cstddef>
#include <string_view>

namespace mailpipe::text {

constexpr std::size_t max_line_octets = 998;    ///< without the line end: RFC 5322 section 2.1.1
constexpr std::size_t folded_line_octets = 76;  ///< where we fold or encode: RFC 2045 section 6.7, RFC 2047 section 2

/// The next line without its end, LF or CRLF, which goes too. The last one need not have one.
std::string_view take_line(std::string_view& text);

}  // namespace mailpipe::text
