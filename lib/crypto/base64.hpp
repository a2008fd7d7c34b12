// SPDX-License-Identifier: ISC
// Base64 of RFC 4648 section 4, as SASL uses it: no line breaks, nothing but the one canonical form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::crypto {

std::string base64_encode(std::string_view octets);

/// Errors: permanent, for blanks, characters outside the alphabet, missing or misplaced padding, and bits set behind
/// the last octet (RFC 4648 section 3.5).
Result<std::string> base64_decode(std::string_view text);

}  // namespace mailpipe::crypto
