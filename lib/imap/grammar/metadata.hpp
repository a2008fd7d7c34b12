// SPDX-License-Identifier: ISC
// GETMETADATA and SETMETADATA: RFC 5464 section 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

// Entries are in lower case; whether they can be names of some is for store::is_entry_name(). An empty mailbox is the server.

struct GetMetadataRequest {
    enum class Depth : std::uint8_t { entry, children, infinity };  ///< "0", "1", "infinity"

    std::string mailbox{};
    std::vector<std::string> entries{};
    std::optional<std::uint64_t> max_size{};  ///< octets of a value
    Depth depth = Depth::entry;

    bool operator==(const GetMetadataRequest&) const = default;
};

struct SetMetadataRequest {
    std::string mailbox{};
    std::vector<std::pair<std::string, std::optional<std::string>>> values{};  ///< none: the entry goes

    bool operator==(const SetMetadataRequest&) const = default;
};

constexpr std::size_t max_metadata_entries = 1000;

/// Options may stand before the mailbox, as the rule in section 5 has them, or behind it, as the examples in section 4.2 do.
Result<GetMetadataRequest> parse_get_metadata(const Command& command, Utf8 utf8);
Result<SetMetadataRequest> parse_set_metadata(const Command& command, Utf8 utf8);

}  // namespace mailpipe::imap
