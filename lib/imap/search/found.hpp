// SPDX-License-Identifier: ISC
// A message that SORT or THREAD has found, with what they compare.
#pragma once

#include <cstdint>

#include "imap/search/summary.hpp"

namespace mailpipe::imap {

struct Found {
    std::uint32_t number;  ///< for the answer: a sequence number or a UID
    Summary summary;       ///< whose text has to live as long
    std::int64_t arrival;  ///< the internal date, in seconds since 1970
    std::uint64_t octets = 0;

    /// The sent date, which is the internal date where there is none (RFC 5256 section 2.2).
    std::int64_t sent() const { return summary.sent().value_or(arrival); }
};

}  // namespace mailpipe::imap
