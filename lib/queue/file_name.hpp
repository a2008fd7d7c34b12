// SPDX-License-Identifier: ISC
// A message's file name in the spool: "<id>,S=<octets>,W=<wire octets>[:1,<due>]". Manual: spool(5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::queue {

struct FileName {
    std::string id;                     ///< base/unique_name.hpp
    std::uint64_t octets = 0;           ///< of envelope and message; the journal comes after them
    std::uint64_t wire_octets = 0;      ///< the same with every line end as CRLF
    std::optional<std::int64_t> due{};  ///< unix seconds of the next try; nothing: never tried

    bool operator==(const FileName&) const = default;
};

/// Nothing for what is no name of a message (editors' files, temporary ones, an id that is no unique name).
std::optional<FileName> parse_file_name(std::string_view name);

std::string to_string(const FileName& name);

}  // namespace mailpipe::queue
