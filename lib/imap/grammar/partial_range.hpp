// SPDX-License-Identifier: ISC
// A page of a result: partial-range of RFC 9394 section 4 and RFC 5267 section 5.
#pragma once

#include <cstdint>
#include <string>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

/// The first of the results is 1; or the last one is, where they are counted `from_end`. `first` <= `last`.
struct PartialRange {
    std::uint32_t first;
    std::uint32_t last;
    bool from_end = false;

    bool operator==(const PartialRange&) const = default;
};

/// "1:100", "-1:-100".
PartialRange take_partial_range(Arguments& in);
std::string to_string(const PartialRange& range);

}  // namespace mailpipe::imap
