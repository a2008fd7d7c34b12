// SPDX-License-Identifier: ISC
// A fast hash (XXH3) for checksums of what a crash may have torn, and for tables; no protection against malice.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailpipe {

std::uint64_t hash64(std::string_view octets);

}  // namespace mailpipe
