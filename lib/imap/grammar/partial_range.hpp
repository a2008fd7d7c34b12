// SPDX-License-Identifier: ISC
// A page of a result: partial-range of RFC 9394 section 4 and RFC 5267 section 5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

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

/// Of `numbers` those that the page has, as far as it has any.
std::vector<std::uint32_t> page(const std::vector<std::uint32_t>& numbers, const PartialRange& wanted);

}  // namespace mailpipe::imap
