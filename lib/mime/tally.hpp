// SPDX-License-Identifier: ISC
// Counts line ends from a message's beginning on: how large a part is on the wire costs no second look at it.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/line_ends.hpp"

namespace mailpipe::mime {

class Tally {
public:
    explicit Tally(std::string_view message) : message_(message) {}

    /// Those of the octets before `place`, which goes forward, but for the few octets of a line end.
    LineEnds before(std::size_t place);

private:
    LineEnds between(std::size_t begin, std::size_t end) const;

    std::string_view message_;
    std::size_t at_ = 0;
    LineEnds counted_;
};

}  // namespace mailpipe::mime
