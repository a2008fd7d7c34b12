// SPDX-License-Identifier: ISC
// The two files of an index: `mailpipe-index`, fixed records in mapped memory that all sessions of a folder on this host
// share, and `mailpipe-cache`, the heap that they point into, which only grows. Where the disk takes no files they are in
// memory, for one session.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/index/record.hpp"
#include "store/name_list.hpp"

namespace mailpipe::store {

/// What stands in the heap.
enum class EntryKind : std::uint32_t { names = 0x656d614e, summary = 0x6d6d7553, structure = 0x75727453 };

class IndexFile {
public:
    /// Maps what is there. Nothing where there is none, or none that can be used: it has to be built.
    static std::shared_ptr<IndexFile> open(const Fd& directory);

    /// Makes both files anew in the place of what is there; `header` without its generation and counts, `names` where the
    /// records' places count from. Where that is not possible (a full disk, no permission) in memory. Needs the lock.
    /// Errors: transient, out of memory.
    static Result<std::shared_ptr<IndexFile>> build(const Fd& directory, IndexHeader header, std::span<Record> records,
                                                    std::string_view names);

    /// As build(), with what `more` appends to the heap; on disk or not at all. What was there before is not marked.
    /// `header` tells up to where the heap is scanned. Errors: a full disk; all is as it was, or has to be built.
    using HeapWriter = std::function<Result<void>(const Fd& heap)>;
    static Result<std::shared_ptr<IndexFile>> replace(const Fd& directory, IndexHeader header, std::span<Record> records,
                                                      std::string_view names, const HeapWriter& more);
    /// Where in the heap of an index that was made anew stands what comes behind so many octets of names.
    static std::uint64_t place_behind(std::size_t octets);

    ~IndexFile();
    IndexFile(const IndexFile&) = delete;

    IndexHeader& header() { return *header_; }
    const IndexHeader& header() const { return *header_; }
    /// Of records. Others append: what is there by now is mapped.
    std::size_t size() const {
        const auto count = __atomic_load_n(&header_->count, __ATOMIC_ACQUIRE);
        return count <= capacity_ ? count : map_up_to(count);
    }
    Record& operator[](std::size_t i) { return records_[i]; }
    const Record& operator[](std::size_t i) const { return records_[i]; }
    /// The place of the first record with this UID or a larger one.
    std::size_t lower_bound(std::uint32_t uid) const;
    /// Nothing where there is none, or it is expunged.
    std::optional<std::size_t> find(std::uint32_t uid) const;

    /// False when another file has taken its place, or somebody has deleted it, or cut it short.
    bool is_current() const;
    /// Nothing of ours does that to a file that may be mapped: who touches what is gone gets SIGBUS.
    bool is_cut_short() const;
    bool is_in_memory() const { return in_memory_; }

    // These need the lock.

    /// Behind the others; `names` where the records' places count from. Errors: the disk is full; nothing has changed.
    Result<void> append(std::span<Record> records, std::string_view names);
    /// Until the end of the change another process that finds it unfinished knows that it may be torn.
    void begin_change() { __atomic_store_n(&header_->is_changing, 1, __ATOMIC_RELEASE); }
    void end_change() { __atomic_store_n(&header_->is_changing, 0, __ATOMIC_RELEASE); }
    void mark_replaced() { __atomic_store_n(&header_->is_replaced, 1, __ATOMIC_RELEASE); }
    void mark_expunged(Record& record, std::uint64_t modseq);
    /// modseq_of(now), or one more than the last. To be published when all records that have it are written: who reads
    /// without the lock takes the highest one for told.
    std::uint64_t next_modseq(Time now) const;
    void publish_modseq(std::uint64_t modseq);
    /// Gives the message another name in the heap, where it needs one, and the flags that go with it. Errors: a full disk.
    Result<void> set_name(Record& record, std::string_view name, Place place);
    /// Records in their order, each with its checksum.
    bool is_intact() const;
    /// What header().expunged has to say.
    std::uint64_t count_expunged() const;
    /// Checks every record after a crash; what was measured is forgotten where it may be wrong. False: build it anew.
    bool check();
    /// The host has crashed, or a process in the middle of a change; or the file is a copy, of who knows when.
    bool must_be_checked() const;

    // The heap. Anybody may append at any time.

    /// Octets that were appended; none where they are not all there. Valid as long as this object.
    std::string_view heap(std::uint64_t place, std::uint64_t octets) const;
    std::uint64_t heap_octets() const;
    Result<std::uint64_t> append_heap(std::string_view octets);
    std::string_view name(const Record& record) const { return heap(record.name, record.name_octets); }
    std::string_view guid(const Record& record) const;  ///< of the message
    std::string_view base(const Record& record) const;

    struct Entry {
        EntryKind kind;
        std::uint64_t base_hash;  ///< hash64() of the message's base name; of names no message's
        std::uint64_t checksum;
        std::string_view payload;
        std::uint64_t place;
        std::uint64_t next;  ///< the place behind it
    };
    /// Nothing where there is no whole entry. Its payload is not read: it may be damaged.
    std::optional<Entry> look_at_entry(std::uint64_t place) const;
    /// Nothing where it is damaged, too.
    std::optional<Entry> entry(std::uint64_t place) const;
    /// What to append_heap() for an entry.
    static std::string make_entry(EntryKind kind, std::string_view base, std::string_view payload);

private:
    IndexFile(Fd index, Fd heap, bool in_memory) : index_(std::move(index)), heap_(std::move(heap)), in_memory_(in_memory) {}
    static std::shared_ptr<IndexFile> map(Fd index, Fd heap, bool in_memory);
    bool map_records() const;
    std::size_t map_up_to(std::size_t count) const;
    bool map_heap() const;
    bool has_name(const Record& record) const;
    Result<void> write_records(std::span<const Record> records);

    struct Mapping {
        void* begin;
        std::size_t octets;
    };
    void* map_more(const Fd& file, int protection, std::size_t octets) const;

    Fd index_;
    Fd heap_;
    bool in_memory_;
    mutable std::vector<Mapping> mappings_;  // older ones stay: views into them are still in use
    std::uint64_t identity_ = 0;
    std::uint64_t heap_identity_ = 0;
    mutable IndexHeader* header_ = nullptr;
    mutable Record* records_ = nullptr;
    mutable std::size_t capacity_ = 0;  // records in the mapped address space, there or not
    mutable const char* heap_begin_ = nullptr;
    mutable std::uint64_t heap_mapped_ = 0;
    mutable std::uint64_t heap_known_ = 0;  // octets that were there when last asked
};

/// Mod-sequences (RFC 7162) are microseconds since 1970: an index made anew, or that of another host, goes on above those
/// that clients know.
std::uint64_t modseq_of(Time time);

constexpr const char* index_name = "mailpipe-index";
constexpr const char* heap_name = "mailpipe-cache";

}  // namespace mailpipe::store
