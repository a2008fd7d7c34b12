// SPDX-License-Identifier: ISC
#include "imap/grammar/partial_range.hpp"

#include <algorithm>

namespace mailpipe::imap {

PartialRange take_partial_range(Arguments& in) {
    const bool from_end = in.take('-');
    const auto first = in.nz_number();
    in.expect(':');
    if (from_end) in.expect('-');
    const auto last = in.nz_number();
    return {std::min(first, last), std::max(first, last), from_end};
}

std::string to_string(const PartialRange& range) {
    const std::string sign = range.from_end ? "-" : "";
    return sign + std::to_string(range.first) + ":" + sign + std::to_string(range.last);
}

std::vector<std::uint32_t> page(const std::vector<std::uint32_t>& numbers, const PartialRange& wanted) {
    const auto size = numbers.size();
    const auto first = std::min<std::size_t>(wanted.first - 1, size);
    const auto last = std::min<std::size_t>(wanted.last, size);
    const auto begin = wanted.from_end ? size - last : first;
    return {numbers.begin() + static_cast<std::ptrdiff_t>(begin),
            numbers.begin() + static_cast<std::ptrdiff_t>(begin + (last - first))};
}

}  // namespace mailpipe::imap
