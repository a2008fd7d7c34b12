// SPDX-License-Identifier: ISC
// Many entries on their way into an index's heap: gathered, since each write would be a system call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/index/index_file.hpp"

namespace mailpipe::store {

class EntryBatch {
public:
    static constexpr std::size_t gather_octets = 256 * 1024;

    explicit EntryBatch(IndexFile& index) : index_(index) {}
    ~EntryBatch() { flush(); }
    EntryBatch(const EntryBatch&) = delete;

    /// Nothing is kept of a message that is gone by then.
    void add(std::uint32_t uid, EntryKind kind, std::string_view payload);
    /// Where the disk takes no more, nothing is kept.
    void flush();

private:
    struct Waiting {
        std::uint32_t uid;
        EntryKind kind;
        std::size_t at;
    };
    IndexFile& index_;
    std::string text_;
    std::vector<Waiting> waiting_;
};

/// `place` may have Record::proved; 0: there is none. What SORT knows of the message stays.
void set_place(Record& record, EntryKind kind, std::uint64_t place);
/// Without it.
std::uint64_t heap_place(const Record& record, EntryKind kind);

/// Nothing where nobody has looked at the message's header yet. Others set them without a lock.
std::optional<SortFacts> sort_facts(const Record& record);
void set_sort_facts(Record& record, const SortFacts& facts);

/// What was kept of a message; nothing where there is nothing, or it is damaged. Valid as long as `index`. What is whole gets
/// Record::proved, and is believed from then on.
std::optional<std::string_view> kept(const IndexFile& index, Record& record, EntryKind kind);
/// The same with its place, whatever was proved before.
std::optional<IndexFile::Entry> kept_entry(const IndexFile& index, const Record& record, EntryKind kind);

}  // namespace mailpipe::store
