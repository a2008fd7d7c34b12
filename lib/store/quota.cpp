// SPDX-License-Identifier: ISC
#include "store/quota.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

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

/// "10M"; without a unit the number counts `plain` octets each.
Result<std::uint64_t> parse_octets(std::string_view text, std::uint64_t plain) {
    if (text.empty()) return bad(text);
    std::uint64_t factor = plain;
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

/// Takes what stands before the next `separator` away from `rest`.
std::string_view take_part(std::string_view& rest, char separator) {
    const auto part = rest.substr(0, rest.find(separator));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    return part;
}

}  // namespace

Result<Quota> parse_quota(std::string_view text) {
    Quota quota;
    for (auto rest = text; !rest.empty();) {
        auto part = trim(take_part(rest, ','));
        const bool counts = !part.empty() && to_upper(part.back()) == 'C';
        if (counts) part.remove_suffix(1);
        const auto number = counts ? parse_messages(part) : parse_octets(part, 1);
        if (!number) return bad(text);
        (counts ? quota.messages : quota.octets) = *number;
    }
    return quota;
}

Result<Quota> parse_quota_rule(std::string_view text) {
    Quota quota;
    auto rest = text;
    if (take_part(rest, ':') != "*") return quota;
    while (!rest.empty()) {
        const auto part = take_part(rest, ':');
        const auto key = part.substr(0, part.find('='));
        const auto value = part.substr(std::min(part.size(), key.size() + 1));
        const bool storage = key == "storage" || key == "bytes";
        if (!storage && key != "messages") continue;
        const auto number = storage ? parse_octets(value, key == "bytes" ? 1 : 1024) : parse_messages(value);
        if (!number) return bad(text);
        (storage ? quota.octets : quota.messages) = *number;
    }
    return quota;
}

std::string to_string(const Quota& quota) {
    if (quota.messages == 0) return fmt::format("{}S", quota.octets);
    return fmt::format("{}S,{}C", quota.octets, quota.messages);
}

}  // namespace mailpipe::store
