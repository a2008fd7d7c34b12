// SPDX-License-Identifier: ISC
// Base64 of RFC 4648 section 4, without line ends: written, and read strictly, as SASL wants it. Read leniently, as mail has
// it: mime/decoder.hpp, text/encoded_word.hpp.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::text {

/// Appends the digits of `octets`, with the padding at their end.
void append_base64(std::string& out, std::string_view octets);
std::string base64_encode(std::string_view octets);

/// Errors: permanent, for blanks, characters outside the alphabet, missing or misplaced padding, and bits set behind
/// the last octet (RFC 4648 section 3.5).
Result<std::string> base64_decode(std::string_view text);

}  // namespace mailpipe::text
