// SPDX-License-Identifier: ISC
#include "smtp/extensions.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "smtp/command.hpp"
#include "smtp/parameters.hpp"

namespace mailpipe::smtp {

namespace {

constexpr std::size_t max_limit_digits = 6;  // RFC 9422 section 4

}  // namespace

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

/// LIMITS' words are NAME=value; what is unknown, or no value, is as if it was not there (RFC 9422 section 3).
std::optional<std::size_t> Extensions::limit(std::string_view name) const {
    for (auto words = parameters("LIMITS").value_or(""); !words.empty();) {
        const auto [word, rest] = split_command(words);
        words = rest;
        const auto equals = word.find('=');
        if (equals == std::string_view::npos || !iequals(word.substr(0, equals), name)) continue;
        const auto digits = word.substr(equals + 1);
        if (digits.empty() || digits.size() > max_limit_digits || digits.front() == '0') return {};
        return to_number<std::size_t>(digits);
    }
    return {};
}

}  // namespace mailpipe::smtp
