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

}  // namespace mailpipe::imap
