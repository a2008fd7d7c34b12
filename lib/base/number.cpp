// SPDX-License-Identifier: ISC
#include "base/number.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe {

Result<std::uint64_t> parse_number(std::string_view digits, std::string_view name) {
    const auto number = digits.size() > 20 ? std::nullopt : to_number<std::uint64_t>(digits);
    if (number) return *number;
    return failure({Fault::permanent, fmt::format("'{}' is not a {}", digits, name)});
}

std::optional<std::uint64_t> parse_octets(std::string_view text, std::uint64_t unit) {
    constexpr std::string_view letters = "BKMGT";
    const auto letter = text.empty() ? std::string_view::npos : letters.find(to_upper(text.back()));
    if (letter != std::string_view::npos) {
        unit = std::uint64_t{1} << (10 * letter);
        text.remove_suffix(1);
    }
    const auto number = to_number<std::uint64_t>(text);
    if (!number || *number > UINT64_MAX / unit) return {};
    return *number * unit;
}

}  // namespace mailpipe
