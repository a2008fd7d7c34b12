// SPDX-License-Identifier: ISC
// Base64 as it is written in encoded-words and bodies: RFC 4648 section 4.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::text {

/// Appends the digits of `octets`, with the padding at their end, without line ends.
void append_base64(std::string& out, std::string_view octets);

}  // namespace mailpipe::text
