// SPDX-License-Identifier: ISC
// Counts line ends from a message's beginning on: how large a part is on the wire costs no second look at it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailpipe::mime {

/// Of the octets before a place in the message.
struct LineEnds {
    std::uint64_t all = 0;
    std::uint64_t bare = 0;  ///< LF without CR: one octet more on the wire
};

class Tally {
public:
    explicit Tally(std::string_view message) : message_(message) {}

    /// `place` goes forward, but for the few octets of a line end.
    LineEnds before(std::size_t place);

private:
    std::string_view message_;
    std::size_t at_ = 0;
    LineEnds counted_;
};

}  // namespace mailpipe::mime
