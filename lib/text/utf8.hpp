// SPDX-License-Identifier: ISC
// UTF-8 as RFC 3629 defines it.
#pragma once

#include <string_view>

namespace mailpipe::text {

/// True for octets that are UTF-8 throughout: nothing overlong, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view octets);

}  // namespace mailpipe::text
