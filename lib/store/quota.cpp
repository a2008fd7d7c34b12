// SPDX-License-Identifier: ISC
#include "store/quota.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::store {

namespace {

constexpr std::uint64_t max_limit = INT64_MAX;

tl::unexpected<Error> bad(std::string_view text) {
    return failure({Fault::permanent, fmt::format("'{}' is no quota like 10M,1000C", text), ExitStatus::configuration});
}

/// What a letter multiplies by; 0 for one that is no unit.
std::uint64_t factor_of(char unit) {
    switch (to_upper(unit)) {
        case 'S':
        case 'B': return 1;
        case 'K': return 1024;
        case 'M': return 1024 * 1024;
        case 'G': return 1024 * 1024 * 1024;
        case 'T': return 1024ULL * 1024 * 1024 * 1024;
        default: return 0;
    }
}

/// "10M"; without a unit octets.
Result<std::uint64_t> parse_octets(std::string_view text) {
    if (text.empty()) return bad(text);
    std::uint64_t factor = 1;
    auto digits = text;
    if (!is_digit(text.back())) {
        factor = factor_of(text.back());
        digits.remove_suffix(1);
    }
    const auto number = parse_number(digits, "quota");
    if (!number || factor == 0 || *number > max_limit / factor) return bad(text);
    return *number * factor;
}

Result<std::uint64_t> parse_messages(std::string_view digits) {
    const auto number = parse_number(digits, "quota");
    if (!number || *number > max_limit) return bad(digits);
    return number;
}

}  // namespace

void Usage::add_message(std::uint64_t size) {
    octets += static_cast<std::int64_t>(std::min(size, static_cast<std::uint64_t>(INT64_MAX - octets)));
    ++messages;
}

Result<Quota> parse_quota(std::string_view text) {
    Quota quota;
    for (auto rest = text; !rest.empty();) {
        auto part = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
        part = trim(part);
        const bool counts = !part.empty() && to_upper(part.back()) == 'C';
        if (counts) part.remove_suffix(1);
        const auto number = counts ? parse_messages(part) : parse_octets(part);
        if (!number) return bad(text);
        (counts ? quota.messages : quota.octets) = *number;
    }
    return quota;
}

std::string to_string(const Quota& quota) {
    if (quota.messages == 0) return fmt::format("{}S", quota.octets);
    return fmt::format("{}S,{}C", quota.octets, quota.messages);
}

}  // namespace mailpipe::store
