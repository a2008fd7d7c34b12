// SPDX-License-Identifier: ISC
// How many line ends stand in a text, and how many of them a wire makes longer.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailpipe {

struct LineEnds {
    std::uint64_t all = 0;
    std::uint64_t bare = 0;  ///< LF without CR: one octet more on the wire

    bool operator==(const LineEnds&) const = default;
};

/// Of `text`, behind the octet `before` (NUL where none is), which only tells whether a LF in front is bare.
LineEnds count_line_ends(std::string_view text, char before);

}  // namespace mailpipe
