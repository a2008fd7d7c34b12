// SPDX-License-Identifier: ISC
#include "store/quota.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::store {

namespace {

/// "10M", "10485760S" or "1000C".
std::optional<std::uint64_t> parse_limit(std::string_view text) {
    const char letter = text.empty() ? '\0' : to_upper(text.back());
    if (letter != 'S' && letter != 'C') return parse_octets(text, 1);
    return to_number<std::uint64_t>(text.substr(0, text.size() - 1));
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
        const auto limit = parse_limit(part);
        if (!limit) {
            return failure({Fault::permanent, fmt::format("'{}' is no quota like 10M,1000C", text), ExitStatus::configuration});
        }
        (to_upper(part.back()) == 'C' ? quota.messages : quota.octets) = *limit;
    }
    return quota;
}

std::string to_string(const Quota& quota) {
    if (quota.messages == 0) return fmt::format("{}S", quota.octets);
    return fmt::format("{}S,{}C", quota.octets, quota.messages);
}

}  // namespace mailpipe::store
