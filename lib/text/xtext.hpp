// SPDX-License-Identifier: ISC
// xtext of RFC 3461 section 4: how ENVID, ORCPT and AUTH carry any octets in an SMTP parameter.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::text {

/// Errors: permanent, for octets outside "!" to "~", for "=", and for "+" without two upper-case hexadecimal digits.
Result<std::string> xtext_decode(std::string_view xtext);

std::string xtext_encode(std::string_view octets);

}  // namespace mailpipe::text
