// SPDX-License-Identifier: ISC
// GETQUOTA and SETQUOTA: RFC 9208 section 4.1. GETQUOTAROOT is parse_mailbox.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

struct SetQuotaRequest {
    std::string root{};
    std::vector<std::pair<std::string, std::uint64_t>> limits{};  ///< resources in capitals: "STORAGE", in their units

    bool operator==(const SetQuotaRequest&) const = default;
};

/// The quota root's name.
Result<std::string> parse_get_quota(const Command& command);
Result<SetQuotaRequest> parse_set_quota(const Command& command);

}  // namespace mailpipe::imap
