// SPDX-License-Identifier: ISC
#include "base/hash.hpp"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace mailpipe {

std::uint64_t hash64(std::string_view octets) { return XXH3_64bits(octets.data(), octets.size()); }

}  // namespace mailpipe
