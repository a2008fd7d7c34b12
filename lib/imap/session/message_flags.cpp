// SPDX-License-Identifier: ISC
#include "imap/session/message_flags.hpp"

#include <algorithm>

#include "store/uid_file.hpp"

namespace mailpipe::imap {

namespace {

constexpr SystemFlag rows[] = {
    {"\\Answered", store::flag::answered}, {"\\Flagged", store::flag::flagged}, {"\\Deleted", store::flag::deleted},
    {"\\Seen", store::flag::seen},         {"\\Draft", store::flag::draft},
};

/// 0 for a keyword.
std::uint32_t bit_of(std::string_view flag) {
    const auto* const row = std::ranges::find(rows, flag, &SystemFlag::name);
    return row == std::end(rows) ? 0 : row->bit;
}

bool has_all(const store::Keywords& keywords, const std::vector<std::string>& flags) {
    return std::ranges::all_of(flags, [&](const auto& flag) { return flag.starts_with('\\') || keywords.find(flag); });
}

}  // namespace

std::span<const SystemFlag> system_flags() { return rows; }

MessageFlags known_flags(const store::Keywords& keywords, const std::vector<std::string>& flags) {
    MessageFlags known;
    for (const auto& flag : flags) {
        const auto keyword = flag.starts_with('\\') ? std::nullopt : keywords.find(flag);
        known.system |= bit_of(flag);
        if (keyword) known.keywords |= 1U << *keyword;
    }
    return known;
}

Result<MessageFlags> learn_flags(const Fd& folder, store::Keywords& keywords, const std::vector<std::string>& flags) {
    if (has_all(keywords, flags)) return known_flags(keywords, flags);
    const auto lock = store::lock_uid_map(folder);
    if (!lock) return failure(lock.error());
    auto now = store::read_keywords(folder);
    if (!now) return failure(now.error());
    for (const auto& flag : flags) {
        if (flag.starts_with('\\')) continue;
        if (auto r = now->add(flag); !r) return failure(r.error());
    }
    if (auto r = store::write_keywords(folder, *now); !r) return failure(r.error());
    keywords = std::move(*now);
    return known_flags(keywords, flags);
}

}  // namespace mailpipe::imap
