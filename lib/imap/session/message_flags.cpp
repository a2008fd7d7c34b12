// SPDX-License-Identifier: ISC
#include "imap/session/message_flags.hpp"

#include <algorithm>

#include "store/uid_file.hpp"

namespace mailpipe::imap {

namespace {

bool has_all(const store::Keywords& keywords, const std::vector<std::string>& flags) {
    return std::ranges::all_of(flags, [&](const auto& flag) { return flag.starts_with('\\') || keywords.find(flag); });
}

}  // namespace

std::uint32_t index_bit(SystemFlag flag) {
    switch (flag) {
        case SystemFlag::answered: return store::flag::answered;
        case SystemFlag::flagged: return store::flag::flagged;
        case SystemFlag::deleted: return store::flag::deleted;
        case SystemFlag::seen: return store::flag::seen;
        case SystemFlag::draft: break;
    }
    return store::flag::draft;
}

MessageFlags known_flags(const store::Keywords& keywords, const std::vector<std::string>& flags) {
    MessageFlags known;
    for (const auto& flag : flags) {
        const auto keyword = flag.starts_with('\\') ? std::nullopt : keywords.find(flag);
        const auto system = find_system_flag(flag);
        if (system) known.system |= index_bit(*system);
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
