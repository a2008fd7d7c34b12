// SPDX-License-Identifier: ISC
// SELECT and EXAMINE: RFC 9051 section 6.3.2, with CONDSTORE and QRESYNC of RFC 7162 sections 3.1.8 and 3.2.5.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

/// What the client knows of the mailbox. No "*" is in any of the sets.
struct Resync {
    std::uint32_t uid_validity = 0;
    std::uint64_t mod_seq = 0;
    std::optional<NumberSet> known_uids{};
    // The n-th number of one is the n-th of the other; both are of the same size.
    NumberSet match_sequence{};
    NumberSet match_uids{};

    bool operator==(const Resync&) const = default;
};

struct SelectRequest {
    std::string mailbox{};
    bool condstore = false;
    std::optional<Resync> resync{};

    bool operator==(const SelectRequest&) const = default;
};

Result<SelectRequest> parse_select(const Command& command, Utf8 utf8);

}  // namespace mailpipe::imap
