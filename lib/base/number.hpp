// SPDX-License-Identifier: ISC
// Decimal numbers in text: digits and nothing else, no blanks, no locale.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe {

/// Takes the number that `text` begins with, with its '-' where Number has a sign. Takes nothing when there is none or
/// it does not fit.
template <std::integral Number>
std::optional<Number> take_number(std::string_view& text) {
    Number number{};
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (ec != std::errc{}) return {};
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

/// The same where nothing may follow.
template <std::integral Number>
std::optional<Number> to_number(std::string_view text) {
    const auto number = take_number<Number>(text);
    return text.empty() ? number : std::nullopt;
}

/// 1 to 20 digits. Errors: permanent; `name` says what it should have been.
Result<std::uint64_t> parse_number(std::string_view digits, std::string_view name);

/// "10M": a number with B, K, M, G or T behind it, each 1024 times the one before; without a letter of `unit` octets.
/// Nothing for anything else, and for what does not fit.
std::optional<std::uint64_t> parse_octets(std::string_view text, std::uint64_t unit);

}  // namespace mailpipe
