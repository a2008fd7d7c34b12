// SPDX-License-Identifier: ISC
// The values of To, Cc and their kin, written: RFC 5322 section 3.4, RFC 2047 section 5.
#pragma once

#include <cstddef>
#include <string>

#include "mail/address_list.hpp"

namespace mailpipe::mail {

/// As it stands in a field, folded with LF so that lines have 76 octets where that is possible; `column` is how many stand
/// before it. Names are quoted where they have to be, or encoded-words; addresses never are. Routes are left out.
/// Precondition: the list is valid. A control character in a local part, which no mail may have, stays as it is.
std::string format_address_list(const AddressList& list, std::size_t column);

}  // namespace mailpipe::mail
