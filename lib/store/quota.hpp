// SPDX-License-Identifier: ISC
// How much a mailbox may hold, as the configuration and maildirsize say it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::store {

/// 0: no limit.
struct Quota {
    std::uint64_t octets = 0;
    std::uint64_t messages = 0;

    bool is_set() const { return octets > 0 || messages > 0; }
    bool operator==(const Quota&) const = default;
};

/// What a mailbox holds, or a change of it.
struct Usage {
    std::int64_t octets = 0;
    std::int64_t messages = 0;

    /// To a sum that began with nothing. It stops at what fits: sizes come from file names, which may say anything.
    void add_message(std::uint64_t size);
    bool operator==(const Usage&) const = default;
};

/// "10M,1000C", as the configuration and maildirsize have it: parts by comma, a number with S (octets), K, M, G
/// (times 1024 each) or C (messages). Empty: no limit. Errors: permanent.
Result<Quota> parse_quota(std::string_view text);

/// "10485760S,1000C".
std::string to_string(const Quota& quota);

}  // namespace mailpipe::store
