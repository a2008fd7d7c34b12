// SPDX-License-Identifier: ISC
#include "store/index/index_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "store/index/file_name.hpp"
#include "store/index/file_pair.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

namespace {

struct EntryHeader {
    std::uint32_t kind;
    std::uint32_t octets;  // of the payload, which padding follows up to a multiple of 8
    std::uint64_t base_hash;
    std::uint64_t checksum;
};

std::uint64_t padded(std::uint64_t octets) { return (octets + 7) & ~std::uint64_t{7}; }

constexpr std::uint64_t heap_room = 64 * 1024 * 1024;  // address space ahead of the heap's end
constexpr std::size_t record_room = 16 * 1024;

/// Which start of the host this is: what was in memory at another one may never have come to the disk.
const std::string& boot_id() {
    static const std::string id = [] {
        const auto text = read_file("/proc/sys/kernel/random/boot_id", 64);
        return text ? text->substr(0, 36) : std::string{};
    }();
    return id;
}

std::uint64_t random_number() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number) number = hash64(boot_id() + std::to_string(::getpid()));
    return number;
}

std::uint64_t octets_of(const Fd& file) {
    struct stat st {};
    return ::fstat(file.number(), &st) == 0 ? static_cast<std::uint64_t>(st.st_size) : 0;
}

std::string_view octets_of(const auto& value) { return {reinterpret_cast<const char*>(&value), sizeof value}; }

/// Names are where they are only now.
void settle(std::span<Record> records, std::uint64_t place) {
    for (auto& record : records) {
        record.name += place;
        seal(record);
        seal_measured(record);
    }
}

IndexContent content_of(IndexHeader header, std::span<Record> records, std::string_view names, const IndexFile::HeapWriter& more) {
    header.generation = random_number();
    header.count = records.size();
    boot_id().copy(header.boot, sizeof header.boot - 1);
    settle(records, sizeof(HeapHeader) + sizeof(EntryHeader));
    return {header, records, IndexFile::make_entry(EntryKind::names, {}, names), more};
}

Result<std::shared_ptr<IndexFile>> mapped(std::shared_ptr<IndexFile> file) {
    if (!file) return failure(system_error(errno, "map the index"));
    return file;
}

std::uint64_t records_in(std::uint64_t file_octets) {
    return file_octets < header_octets ? 0 : (file_octets - header_octets) / sizeof(Record);
}

/// It goes over the wire (MAILBOXID).
bool is_guid(std::string_view text) { return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos; }

bool is_sound(const IndexHeader& header, std::uint64_t file_octets, std::uint64_t heap_octets) {
    const bool fits = header.count <= records_in(file_octets) && header.heap_scanned <= heap_octets;
    const bool has_uids = header.uid_validity != 0 && header.count < header.next_uid;
    const bool is_possible = has_uids && header.highest_modseq <= INT64_MAX && is_guid({header.guid, sizeof header.guid});
    return header.magic == IndexHeader::magic_number && fits && is_possible && header.is_replaced == 0;
}

bool belongs_to(const Fd& heap, const IndexHeader& header) {
    HeapHeader first{};
    const bool is_read = ::pread(heap.number(), &first, sizeof first, 0) == sizeof first;
    return is_read && first.magic == HeapHeader::magic_number && first.generation == header.generation;
}

}  // namespace

std::shared_ptr<IndexFile> IndexFile::open(const Fd& directory) {
    if (!is_of_one_host(directory)) return nullptr;
    auto index = open_index_file(directory, index_name);
    auto heap = open_index_file(directory, heap_name);
    if (!index || !heap) return nullptr;
    (void)::fcntl(heap.number(), F_SETFL, O_APPEND);
    const auto octets = octets_of(index);
    if (octets < header_octets) return nullptr;
    auto file = map(std::move(index), std::move(heap), false);
    if (!file || !is_sound(*file->header_, octets, file->heap_known_)) return nullptr;
    const auto count = file->size();
    const bool has_next = count == 0 || file->records_[count - 1].uid < file->header_->next_uid;
    return has_next && belongs_to(file->heap_, *file->header_) ? file : nullptr;
}

Result<std::shared_ptr<IndexFile>> IndexFile::build(const Fd& directory, IndexHeader header, std::span<Record> records,
                                                    std::string_view names) {
    header.heap_scanned = header.heap_weighed = place_behind(names.size());
    const auto content = content_of(header, records, names, {});
    mark_index_replaced(directory);
    auto pair = write_pair(directory, content);
    const bool in_memory = !pair;
    if (in_memory) pair = memory_pair(content);
    if (!pair) return failure(pair.error());
    return mapped(map(std::move(pair->index), std::move(pair->heap), in_memory));
}

Result<std::shared_ptr<IndexFile>> IndexFile::replace(const Fd& directory, IndexHeader header, std::span<Record> records,
                                                      std::string_view names, const HeapWriter& more) {
    auto pair = write_pair(directory, content_of(header, records, names, more));
    if (!pair) return failure(pair.error());
    return mapped(map(std::move(pair->index), std::move(pair->heap), false));
}

std::uint64_t IndexFile::place_behind(std::size_t octets) {
    return sizeof(HeapHeader) + sizeof(EntryHeader) + padded(octets);
}

std::shared_ptr<IndexFile> IndexFile::map(Fd index, Fd heap, bool in_memory) {
    std::shared_ptr<IndexFile> file{new IndexFile{std::move(index), std::move(heap), in_memory}};
    file->identity_ = identity_of(file->index_);
    file->heap_identity_ = identity_of(file->heap_);
    if (!file->map_records() || !file->map_heap()) return nullptr;
    return file;
}

IndexFile::~IndexFile() {
    for (const auto& [begin, octets] : mappings_) ::munmap(begin, octets);
}

void* IndexFile::map_more(const Fd& file, int protection, std::size_t octets) const {
    void* mapped = ::mmap(nullptr, octets, protection, MAP_SHARED, file.number(), 0);
    if (mapped == MAP_FAILED) return nullptr;
    mappings_.push_back({mapped, octets});
    return mapped;
}

/// More address space than the file has: it can grow without a new mapping.
bool IndexFile::map_records() const {
    const auto there = records_in(octets_of(index_));
    const auto capacity = there + there / 4 + record_room;
    void* mapped = map_more(index_, PROT_READ | PROT_WRITE, header_octets + capacity * sizeof(Record));
    if (mapped == nullptr) return false;
    header_ = static_cast<IndexHeader*>(mapped);
    records_ = reinterpret_cast<Record*>(static_cast<char*>(mapped) + header_octets);
    capacity_ = capacity;
    return true;
}

std::size_t IndexFile::map_up_to(std::size_t count) const {
    const auto there = records_in(octets_of(index_));
    if (count <= there && map_records()) return count;
    return std::min(capacity_, there);
}

bool IndexFile::map_heap() const {
    heap_known_ = octets_of(heap_);
    const auto octets = heap_known_ + heap_known_ / 4 + heap_room;
    const void* mapped = map_more(heap_, PROT_READ, octets);
    if (mapped == nullptr) return false;
    heap_begin_ = static_cast<const char*>(mapped);
    heap_mapped_ = octets;
    return true;
}

std::size_t IndexFile::lower_bound(std::uint32_t uid) const {
    const auto count = size();  // first: it may map them anew
    const std::span<const Record> records{records_, count};
    return static_cast<std::size_t>(std::ranges::lower_bound(records, uid, {}, &Record::uid) - records.begin());
}

std::optional<std::size_t> IndexFile::find(std::uint32_t uid) const {
    const auto at = lower_bound(uid);
    if (at == size() || records_[at].uid != uid || records_[at].is_expunged()) return {};
    return at;
}

bool IndexFile::is_cut_short() const {
    struct stat index {}, heap {};
    const auto index_octets = [&] { return static_cast<std::uint64_t>(index.st_size); };
    if (::fstat(index_.number(), &index) != 0 || ::fstat(heap_.number(), &heap) != 0) return false;  // a failing disk
    if (index_octets() < header_octets || static_cast<std::uint64_t>(heap.st_size) < heap_known_) return true;
    const auto count = __atomic_load_n(&header_->count, __ATOMIC_ACQUIRE);
    if (records_in(index_octets()) >= count) return false;
    // Others may have appended between the two looks.
    return ::fstat(index_.number(), &index) == 0 && records_in(index_octets()) < count;
}

bool IndexFile::is_current() const {
    if (in_memory_) return true;
    struct stat st {};
    const bool has_name = ::fstat(index_.number(), &st) == 0 && st.st_nlink > 0;
    return has_name && !is_cut_short() && header_->is_replaced == 0;
}

Result<void> IndexFile::append(std::span<Record> records, std::string_view names) {
    if (records.empty()) return {};
    const auto place = append_heap(make_entry(EntryKind::names, {}, names));
    if (!place) return failure(place.error());
    settle(records, *place + sizeof(EntryHeader));
    if (auto r = write_records(records); !r) return r;
    const auto count = size() + records.size();
    if (count > capacity_ && !map_records()) return failure(system_error(errno, "map the index"));
    __atomic_store_n(&header_->count, count, __ATOMIC_RELEASE);  // first: see View::next_uid()
    __atomic_store_n(&header_->next_uid, std::max(header_->next_uid, records.back().uid + 1), __ATOMIC_RELEASE);
    return {};
}

Result<void> IndexFile::write_records(std::span<const Record> records) {
    const auto count = size();
    const auto* data = reinterpret_cast<const char*>(records.data());
    for (std::size_t done = 0; done < records.size_bytes();) {
        const auto at = static_cast<off_t>(header_octets + count * sizeof(Record) + done);
        const auto n = ::pwrite(index_.number(), data + done, records.size_bytes() - done, at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return failure(system_error(n < 0 ? errno : ENOSPC, std::string{"write "} + index_name));
        done += static_cast<std::size_t>(n);
    }
    return {};
}

std::uint64_t modseq_of(Time time) {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count());
}

std::uint64_t IndexFile::next_modseq(Time now) const { return std::max(header_->highest_modseq + 1, modseq_of(now)); }

void IndexFile::publish_modseq(std::uint64_t modseq) {
    if (modseq > header_->highest_modseq) __atomic_store_n(&header_->highest_modseq, modseq, __ATOMIC_RELEASE);
}

void IndexFile::mark_expunged(Record& record, std::uint64_t modseq) {
    __atomic_store_n(&record.modseq, modseq, __ATOMIC_RELEASE);  // first: others look without the lock
    __atomic_store_n(&record.flags, record.flags | state::expunged, __ATOMIC_RELEASE);
    seal(record);
    __atomic_fetch_add(&header_->expunged, 1, __ATOMIC_RELEASE);  // then: who sees it finds the message
}

bool IndexFile::must_be_checked() const {
    const bool is_of_this_boot = std::string_view{header_->boot, boot_id().size()} == boot_id();
    const bool is_copy = header_->identity != identity_ || header_->heap_identity != heap_identity_;
    return header_->is_changing != 0 || !is_of_this_boot || is_copy;
}

/// After a crash octets of the heap may be zeros.
bool IndexFile::has_name(const Record& record) const {
    const auto text = name(record);
    const auto guid = heap(record.name + text.size(), record.guid_octets);
    constexpr auto none = std::string_view::npos;
    const bool is_name = is_message_name(text) && text.find('/') == none && text.find('\0') == none;
    return is_name && guid.size() == record.guid_octets && guid.find('\0') == none;
}

bool IndexFile::is_intact() const {
    std::uint32_t last = 0;
    for (std::size_t i = 0; i < size(); ++i) {
        const auto& record = records_[i];
        if (!is_sealed(record) || record.uid <= last || record.modseq > INT64_MAX) return false;
        last = record.uid;
    }
    return last < header_->next_uid;
}

std::uint64_t IndexFile::count_expunged() const {
    const auto count = size();
    const std::span records{records_, count};
    return static_cast<std::uint64_t>(std::ranges::count_if(records, &Record::is_expunged));
}

bool IndexFile::check() {
    if (!is_intact()) return false;
    for (std::size_t i = 0; i < size(); ++i) {
        auto& record = records_[i];
        if (!has_name(record)) return false;
        header_->highest_modseq = std::max(header_->highest_modseq, record.modseq);
        const bool is_sound = is_measured_sealed(record);
        record.summary &= ~Record::proved;
        record.structure &= ~Record::proved;
        seal_measured(record);
        if (is_sound) continue;
        record.octets = record.wire_octets = Record::unknown_octets;
        record.internal_date = Record::unknown_date;
        record.summary = record.structure = 0;
        seal_measured(record);
    }
    header_->expunged = count_expunged();
    header_->identity = identity_;
    header_->heap_identity = heap_identity_;
    header_->new_directory = header_->cur_directory = {};
    header_->uid_file = {};
    std::memset(header_->boot, 0, sizeof header_->boot);
    boot_id().copy(header_->boot, sizeof header_->boot - 1);
    end_change();
    return true;
}

std::uint64_t IndexFile::heap_octets() const { return octets_of(heap_); }

std::string_view IndexFile::heap(std::uint64_t place, std::uint64_t octets) const {
    if (place > heap_known_ || octets > heap_known_ - place) {
        heap_known_ = octets_of(heap_);
        if (heap_known_ > heap_mapped_ && !map_heap()) return {};
        if (place > heap_known_ || octets > heap_known_ - place) return {};
    }
    return {heap_begin_ + place, octets};
}

Result<std::uint64_t> IndexFile::append_heap(std::string_view octets) {
    for (;;) {
        const auto n = ::write(heap_.number(), octets.data(), octets.size());
        if (n < 0 && errno == EINTR) continue;
        if (n != static_cast<ssize_t>(octets.size())) {
            return failure(system_error(n < 0 ? errno : ENOSPC, std::string{"write "} + heap_name));
        }
        const auto end = ::lseek(heap_.number(), 0, SEEK_CUR);
        if (end < 0) return failure(system_error(errno, std::string{"write "} + heap_name));
        return static_cast<std::uint64_t>(end) - octets.size();
    }
}

std::string_view IndexFile::guid(const Record& record) const {
    if (record.guid_octets == 0) return base(record);
    return heap(record.name + record.name_octets, record.guid_octets);
}

std::string_view IndexFile::base(const Record& record) const {
    const auto text = name(record);
    return text.substr(0, text.find(':'));
}

std::string IndexFile::make_entry(EntryKind kind, std::string_view base, std::string_view payload) {
    const EntryHeader header{static_cast<std::uint32_t>(kind), static_cast<std::uint32_t>(payload.size()), hash64(base),
                             hash64(payload)};
    std::string entry;
    entry.reserve(sizeof header + padded(payload.size()));
    entry.append(octets_of(header)).append(payload).append(padded(payload.size()) - payload.size(), '\0');
    return entry;
}

std::optional<IndexFile::Entry> IndexFile::look_at_entry(std::uint64_t place) const {
    const auto head = heap(place, sizeof(EntryHeader));
    if (head.empty()) return {};
    EntryHeader header;
    std::memcpy(&header, head.data(), sizeof header);
    const auto kind = static_cast<EntryKind>(header.kind);
    if (kind != EntryKind::names && kind != EntryKind::summary && kind != EntryKind::structure) return {};
    const auto payload = heap(place + sizeof header, header.octets);
    if (payload.size() != header.octets) return {};
    return Entry{kind, header.base_hash, header.checksum, payload, place, place + sizeof header + padded(header.octets)};
}

std::optional<IndexFile::Entry> IndexFile::entry(std::uint64_t place) const {
    auto found = look_at_entry(place);
    if (!found || hash64(found->payload) != found->checksum) return {};
    return found;
}

Result<void> IndexFile::set_name(Record& record, std::string_view name, Place place) {
    const auto named = read_file_name(name, place);
    if (named.stored != this->name(record)) {
        const std::string both = std::string{named.stored}.append(heap(record.name + record.name_octets, record.guid_octets));
        const auto at = append_heap(make_entry(EntryKind::names, {}, both));
        if (!at) return failure(at.error());
        record.name = *at + sizeof(EntryHeader);
        record.name_octets = static_cast<std::uint16_t>(named.stored.size());
    }
    record.flags = named.flags | (record.flags & state::expunged);
    record.keywords = named.keywords;
    seal(record);
    return {};
}

}  // namespace mailpipe::store
