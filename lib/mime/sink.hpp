// SPDX-License-Identifier: ISC
// Where a message goes that is made a piece at a time: it may be larger than memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <string_view>

namespace mailpipe::mime {

/// Takes the pieces in their order; each lives for the call only, and may be empty.
using Sink = std::function<void(std::string_view)>;

/// Calls `take` for `octets` in pieces that are small enough to be copied.
inline void for_pieces(std::string_view octets, const Sink& take) {
    constexpr std::size_t piece = 64 * 1024;
    for (; !octets.empty(); octets.remove_prefix(std::min(piece, octets.size()))) take(octets.substr(0, piece));
}

}  // namespace mailpipe::mime
