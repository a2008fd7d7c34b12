// SPDX-License-Identifier: ISC
#include "imap/verbs/watched_folder.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/hash.hpp"

namespace mailpipe::imap {

namespace {

/// A message that the client knows has got other flags.
bool has_other_flags(const FolderState& before, const store::IndexFile& index) {
    if (index.header().highest_modseq <= before.modseq) return false;
    const auto end = index.lower_bound(before.next_uid);
    for (std::size_t i = 0; i < end; ++i) {
        if (index[i].modseq > before.modseq && !index[i].is_expunged()) return true;
    }
    return false;
}

}  // namespace

FolderState state_of(const store::IndexFile& index) {
    const auto& header = index.header();
    FolderState state{header.uid_validity, header.next_uid, 0, 0, header.highest_modseq};
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (index[i].is_expunged()) continue;
        ++state.messages;
        state.unseen += (index[i].flags & store::flag::seen) == 0 ? 1 : 0;
    }
    return state;
}

std::vector<StatusItem> status_items(const Session& session, EventSet events, const FolderState& before, const FolderState& now,
                                     const store::IndexFile& index) {
    const bool is_other = before.uid_validity != 0 && before.uid_validity != now.uid_validity;
    const bool has_flags = (events & bit(Event::flag_change)) != 0;
    const bool counts_differ = is_other || now.messages != before.messages || now.next_uid != before.next_uid;
    const bool unseen_differs = has_flags && now.unseen != before.unseen;
    const bool flags_differ = unseen_differs || (has_flags && session.has(Feature::condstore) && has_other_flags(before, index));
    std::vector<StatusItem> items;
    if (!counts_differ && !flags_differ) return items;
    if (counts_differ) items = {StatusItem::messages, StatusItem::uid_next};
    items.push_back(StatusItem::uid_validity);
    if (unseen_differs) items.push_back(StatusItem::unseen);
    if (session.has(Feature::condstore)) items.push_back(StatusItem::highest_mod_seq);
    return items;
}

std::vector<StatusItem> first_status_items(const Session& session, EventSet events) {
    std::vector<StatusItem> items{StatusItem::messages, StatusItem::uid_next, StatusItem::uid_validity};
    if ((events & bit(Event::flag_change)) == 0) return items;
    items.push_back(StatusItem::unseen);
    if (offers(session, "CONDSTORE")) items.push_back(StatusItem::highest_mod_seq);
    return items;
}

void learn_messages(FolderState& state, const store::IndexFile& index, const std::vector<std::uint32_t>& uids) {
    const auto now = state_of(index);
    const bool is_only_own = now.messages == state.messages + uids.size() && now.next_uid == state.next_uid + uids.size();
    if (!is_only_own || has_other_flags(state, index)) return;
    state = now;
}

std::vector<std::string> WatchedMetadata::look(const Fd& folder) {
    const auto metadata = store::read_metadata(folder, whose_);
    if (!metadata) return {};
    std::map<std::string, std::uint64_t, std::less<>> now;
    for (const auto* root : {"/private", "/shared"}) {
        for (const auto& [name, value] : metadata->get(root, store::Depth::infinity)) now.emplace(name, hash64(value));
    }
    std::vector<std::string> changed;
    for (const auto& [name, hash] : now) {
        const auto before = values_.find(name);
        if (before == values_.end() || before->second != hash) changed.push_back(name);
    }
    for (const auto& [name, hash] : values_) {
        if (!now.contains(name)) changed.push_back(name);
    }
    values_ = std::move(now);
    return changed;
}

void WatchedMetadata::learn(const std::vector<store::MetadataChange>& changes) {
    for (const auto& [name, value] : changes) {
        if (value) values_.insert_or_assign(lower(name), hash64(*value));
        else values_.erase(lower(name));
    }
}

}  // namespace mailpipe::imap
