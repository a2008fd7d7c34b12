// SPDX-License-Identifier: ISC
#include "smtp/command.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::smtp {

Command split_command(std::string_view line) {
    line = trim(line);
    const auto blank = line.find_first_of(" \t");
    if (blank == std::string_view::npos) return {line, {}};
    return {line.substr(0, blank), trim(line.substr(blank))};
}

Result<Chunk> parse_chunk(std::string_view arguments) {
    const auto [size, marker] = split_command(arguments);
    const auto octets = parse_number(size, "number of octets");
    if (!octets) return failure(octets.error());
    if (!marker.empty() && !iequals(marker, "LAST")) return failure({Fault::permanent, "only LAST may follow the size"});
    return Chunk{*octets, !marker.empty()};
}

}  // namespace mailpipe::smtp
