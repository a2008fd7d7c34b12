// SPDX-License-Identifier: ISC
// STORE: RFC 9051 section 6.4.6, and UNCHANGEDSINCE of RFC 7162 section 3.1.3.
#pragma once

#include <cstdint>
#include <optional>

#include "imap/grammar/command.hpp"
#include "imap/grammar/flag.hpp"
#include "imap/grammar/sequence_set.hpp"

namespace mailpipe::imap {

struct StoreRequest {
    enum class Change : std::uint8_t { replace, add, remove };

    MessageSet messages{};
    std::optional<std::uint64_t> unchanged_since{};
    Change change = Change::replace;
    bool is_silent = false;
    FlagList flags{};

    bool operator==(const StoreRequest&) const = default;
};

/// Flags that nobody may set are no error here: see FlagList.
Result<StoreRequest> parse_store(const Command& command);

}  // namespace mailpipe::imap
