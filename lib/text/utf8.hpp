// SPDX-License-Identifier: ISC
// UTF-8 as RFC 3629 defines it.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::text {

/// True for octets that are UTF-8 throughout: nothing overlong, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view octets);

/// For a terminal, which must not obey what a stranger wrote: '?' for every control character but LF and tab (also for
/// U+0080 to U+009F), and for every octet that is not UTF-8.
std::string for_terminal(std::string_view octets);

}  // namespace mailpipe::text
