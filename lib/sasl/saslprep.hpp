// SPDX-License-Identifier: ISC
// Passwords in one spelling, however they were typed: SASLprep (RFC 4013).
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::sasl {

/// ASCII stays as it is. Elsewhere blanks become spaces, what nobody sees goes, and NFKC is made of the rest (RFC 4013
/// sections 2.1 and 2.2). What that profile forbids, and what is not UTF-8, also stays: it is only ever compared.
std::string saslprep(std::string_view password);

}  // namespace mailpipe::sasl
