// SPDX-License-Identifier: ISC
#include "smtp/extensions.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "smtp/command.hpp"
#include "smtp/parameters.hpp"

namespace mailpipe::smtp {

std::optional<std::string_view> Extensions::parameters(std::string_view keyword) const {
    std::string_view lines = lines_;
    for (bool first = true; !lines.empty(); first = false) {
        const auto line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        const auto [name, rest] = split_command(line);
        if (!first && iequals(name, keyword)) return rest;
    }
    return {};
}

std::optional<std::uint64_t> Extensions::max_octets() const {
    const auto size = parse_size(parameters("SIZE").value_or(""));
    if (!size || *size == 0) return {};
    return *size;
}

}  // namespace mailpipe::smtp
