// SPDX-License-Identifier: ISC
// Unicode's normal forms (UAX #15).
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::text {

/// NFKC: what looks alike becomes one. Precondition: `utf8` is UTF-8. At most 18 times as long.
std::string nfkc(std::string_view utf8);

}  // namespace mailpipe::text
