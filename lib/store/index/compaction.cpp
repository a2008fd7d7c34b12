// SPDX-License-Identifier: ISC
#include "store/index/compaction.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "store/index/entry_batch.hpp"

namespace mailpipe::store {

namespace {

constexpr EntryKind kinds[] = {EntryKind::summary, EntryKind::structure};

std::uint64_t octets_of(const IndexFile::Entry& entry) { return entry.next - entry.place; }

/// Of the heap, for messages that are there.
std::uint64_t live_octets(IndexFile& index) {
    std::uint64_t octets = 0;
    for (std::size_t i = 0; i < index.size(); ++i) {
        auto& record = index[i];
        if (record.is_expunged()) continue;
        octets += record.name_octets + std::uint64_t{record.guid_octets};
        for (const auto kind : kinds) {
            const auto place = heap_place(record, kind);
            const auto entry = place == 0 ? std::nullopt : index.look_at_entry(place);
            if (entry) octets += octets_of(*entry);
        }
    }
    return octets;
}

struct Piece {
    std::uint64_t place;
    std::uint64_t octets;
};

/// What a new index has of the old one.
struct Live {
    std::vector<Record> records{};
    std::string names{};
    std::vector<Piece> entries{};  ///< of the old heap, in the order of the new one
    std::uint64_t scanned = 0;     ///< of the new heap
    std::uint64_t end = 0;
};

void take_names(const IndexFile& index, Live& live) {
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (index[i].is_expunged()) continue;
        auto record = index[i];
        if (!is_measured_sealed(record)) {  // somebody writes it just now
            record.octets = record.wire_octets = Record::unknown_octets;
            record.internal_date = Record::unknown_date;
            record.summary = record.structure = 0;
        }
        record.name = live.names.size();
        live.names.append(index.name(index[i])).append(index.heap(index[i].name + record.name_octets, record.guid_octets));
        live.records.push_back(record);
    }
    live.end = IndexFile::place_behind(live.names.size());
}

void take(const IndexFile& index, const IndexFile::Entry& entry, Live& live) {
    const auto whole = index.heap(entry.place, octets_of(entry));
    if (whole.empty()) return;  // without its padding
    live.entries.push_back({entry.place, whole.size()});
    live.end += whole.size();
}

void take_entries(const IndexFile& index, Live& live) {
    for (auto& record : live.records) {
        const auto old = index.find(record.uid);
        for (const auto kind : kinds) {
            const auto entry = old ? kept_entry(index, index[*old], kind) : std::nullopt;
            const auto place = live.end;
            if (entry) take(index, *entry, live);
            set_place(record, kind, live.end == place ? 0 : place);
        }
    }
}

std::vector<std::uint64_t> base_hashes(const IndexFile& index) {
    std::vector<std::uint64_t> hashes;
    for (std::size_t i = 0; i < index.size(); ++i) hashes.push_back(hash64(index.base(index[i])));
    std::ranges::sort(hashes);
    return hashes;
}

/// What deliver has put there of messages that nobody has seen yet.
void take_unscanned(const IndexFile& index, Live& live) {
    live.scanned = live.end;
    const auto known = base_hashes(index);
    auto at = index.header().heap_scanned;
    while (const auto entry = index.look_at_entry(at)) {
        const bool is_new = entry->kind != EntryKind::names && !std::ranges::binary_search(known, entry->base_hash);
        if (is_new) take(index, *entry, live);
        at = entry->next;
    }
}

Result<void> copy(const IndexFile& index, const std::vector<Piece>& pieces, const Fd& heap) {
    std::string text;
    for (const auto& piece : pieces) {
        text.append(index.heap(piece.place, piece.octets));
        if (text.size() < EntryBatch::gather_octets) continue;
        if (auto r = write_all(heap, text); !r) return r;
        text.clear();
    }
    return write_all(heap, text);
}

}  // namespace

bool is_wasteful(IndexFile& index) {
    if (index.is_in_memory()) return false;
    auto& header = index.header();
    const auto expunged = header.expunged;
    if (expunged > least_garbage / sizeof(Record) && expunged > index.size() / 2) return true;
    const auto octets = index.heap_octets();
    if (octets < least_garbage || octets / 2 < header.heap_weighed) return false;
    const auto garbage = octets - std::min(octets, live_octets(index));
    if (garbage > least_garbage && garbage > octets / 2) return true;
    header.heap_weighed = octets;
    return false;
}

Result<std::shared_ptr<IndexFile>> compact(IndexFile& index, const Fd& directory) {
    Live live;
    take_names(index, live);
    take_entries(index, live);
    take_unscanned(index, live);
    auto header = index.header();
    header.expunged = 0;
    header.heap_scanned = live.scanned;
    header.heap_weighed = live.end;
    auto made = IndexFile::replace(directory, header, live.records, live.names,
                                   [&](const Fd& heap) { return copy(index, live.entries, heap); });
    if (made) index.mark_replaced();
    return made;
}

}  // namespace mailpipe::store
