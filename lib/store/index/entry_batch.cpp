// SPDX-License-Identifier: ISC
#include "store/index/entry_batch.hpp"

#include "base/hash.hpp"

namespace mailpipe::store {

void set_place(Record& record, EntryKind kind, std::uint64_t place) {
    if (kind == EntryKind::summary) record.summary = place | (record.summary & Record::has_sort_facts);
    else record.structure = place;
    seal_measured(record);
}

std::optional<SortFacts> sort_facts(const Record& record) {
    if ((__atomic_load_n(&record.summary, __ATOMIC_ACQUIRE) & Record::has_sort_facts) == 0) return {};
    return record.sort_facts;
}

void set_sort_facts(Record& record, const SortFacts& facts) {
    record.sort_facts = facts;
    __atomic_fetch_or(&record.summary, Record::has_sort_facts, __ATOMIC_RELEASE);
    seal_measured(record);
}

void EntryBatch::add(std::uint32_t uid, EntryKind kind, std::string_view payload) {
    const auto found = index_.find(uid);
    if (!found) return;
    waiting_.push_back({uid, kind, text_.size()});
    text_ += IndexFile::make_entry(kind, index_.base(index_[*found]), payload);
    if (text_.size() >= gather_octets) flush();
}

void EntryBatch::flush() {
    if (waiting_.empty()) return;
    if (const auto place = index_.append_heap(text_)) {
        for (const auto& [uid, kind, at] : waiting_) {
            const auto found = index_.find(uid);
            if (!found) continue;
            set_place(index_[*found], kind, (*place + at) | Record::proved);
        }
    }
    waiting_.clear();
    text_.clear();
}

std::uint64_t heap_place(const Record& record, EntryKind kind) {
    return (kind == EntryKind::summary ? record.summary : record.structure) & ~(Record::proved | Record::has_sort_facts);
}

std::optional<IndexFile::Entry> kept_entry(const IndexFile& index, const Record& record, EntryKind kind) {
    const auto place = heap_place(record, kind);
    if (place == 0) return {};
    auto entry = index.entry(place);
    if (!entry || entry->kind != kind || entry->base_hash != hash64(index.base(record))) return {};
    return entry;
}

std::optional<std::string_view> kept(const IndexFile& index, Record& record, EntryKind kind) {
    const auto place = kind == EntryKind::summary ? record.summary : record.structure;
    if ((place & Record::proved) != 0) {
        const auto entry = index.look_at_entry(heap_place(record, kind));
        if (entry && entry->kind == kind) return entry->payload;
    }
    const auto entry = kept_entry(index, record, kind);
    if (!entry) return {};
    set_place(record, kind, entry->place | Record::proved);
    return entry->payload;
}

}  // namespace mailpipe::store
