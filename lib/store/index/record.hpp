// SPDX-License-Identifier: ISC
// What the index knows of a message, and of a folder: the layout of the file `mailpipe-index`, host byte order. It is a
// cache of dovecot-uidlist and of file names, on one host: whatever is wrong with it, it is made anew.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace mailpipe::store {

/// The letters of a name in cur/ as bits, in their order: "DFPRST".
namespace flag {
constexpr std::uint32_t draft = 1, flagged = 2, passed = 4, answered = 8, seen = 16, deleted = 32;
constexpr std::uint32_t all = 63;
}  // namespace flag

/// Beside the flags, in the same word.
namespace state {
constexpr std::uint32_t in_new = 1U << 16;      ///< else in cur/
constexpr std::uint32_t expunged = 1U << 17;    ///< sessions that have it still count it
constexpr std::uint32_t whole_name = 1U << 18;  ///< the heap has the file's name, not only its base: flags don't tell it
}  // namespace state

/// What SORT looks at first (RFC 5256).
struct SortFacts {
    static constexpr std::int64_t no_date = INT64_MIN;

    std::int64_t sent = no_date;  ///< the date that the header has, in seconds since 1970
    std::uint64_t subject_hash = 0;                    ///< of what it compares of the subject
    std::array<std::uint64_t, 3> subject_beginning{};  ///< the first 24 octets of that
    bool operator==(const SortFacts&) const = default;
};

/// One message. The first part changes under the lock of dovecot-uidlist only; the second is filled in by whoever needs it.
struct Record {
    std::uint32_t uid;
    std::uint32_t flags;          ///< flag:: and state::
    std::uint32_t keywords;       ///< bit n: the letter 'a' + n
    std::uint16_t name_octets;    ///< in the heap: the base name, or with state::whole_name all of it
    std::uint16_t guid_octets;    ///< behind it; 0: the base name is the GUID
    std::uint64_t name;           ///< its place in the heap
    std::uint64_t modseq;         ///< of the last change of flags, or of the expunge
    std::uint32_t checksum;       ///< of all above
    std::uint32_t measured_sum;   ///< of all below

    static constexpr std::uint64_t unknown_octets = UINT64_MAX;
    static constexpr std::int64_t unknown_date = INT64_MIN;

    std::uint64_t octets = unknown_octets;       ///< on disk
    std::uint64_t wire_octets = unknown_octets;  ///< with CRLF line ends
    std::int64_t internal_date = unknown_date;   ///< seconds since 1970: the file's modification time
    std::uint64_t summary = 0;                   ///< its place in the heap, 0 for none; `proved`, `has_sort_facts`
    std::uint64_t structure = 0;                 ///< its place, and `proved`
    SortFacts sort_facts;                        ///< with `has_sort_facts`; see sort_facts() in entry_batch.hpp

    /// The entry at that place was found whole, or was written, since the host started: its checksum need not be looked at again.
    static constexpr std::uint64_t proved = std::uint64_t{1} << 63;
    /// In `summary`, with a place or without: what SORT looks at first is known. Whoever finds out another thing of a header
    /// than before changes magic_number.
    static constexpr std::uint64_t has_sort_facts = std::uint64_t{1} << 62;

    bool is_expunged() const { return (flags & state::expunged) != 0; }
    bool is_new() const { return (flags & state::in_new) != 0; }
};
static_assert(std::is_trivially_copyable_v<Record> && sizeof(Record) == 120);

/// When a directory was last looked at.
struct DirectoryState {
    std::int64_t seconds = 0;  ///< its modification time then
    std::int64_t nanoseconds = 0;
    std::uint64_t is_settled = 0;  ///< the look was so much later that a change since would show
    bool operator==(const DirectoryState&) const = default;
};

/// Which file it was, and how much of it.
struct FileState {
    std::uint64_t device = 0, inode = 0, octets = 0;
    std::int64_t seconds = 0, nanoseconds = 0;
    bool operator==(const FileState&) const = default;
};

struct IndexHeader {
    static constexpr std::uint64_t magic_number = 0x3249'6570'6970'6c6dULL;  ///< "mlpipeI2"

    std::uint64_t magic = magic_number;
    std::uint64_t generation = 0;  ///< the heap has the same
    char boot[40] = {};            ///< when it was last checked: after a crash of the host pages may be missing
    std::uint32_t is_changing = 0; ///< a writer that died left it so
    std::uint32_t is_replaced = 0; ///< there is another file of this name
    std::uint64_t count = 0;       ///< records, expunged ones too; by ascending UID
    std::uint64_t expunged = 0;    ///< of them
    std::uint64_t highest_modseq = 0;
    std::uint32_t uid_validity = 0;
    std::uint32_t next_uid = 1;
    std::uint32_t first_recent = 1;  ///< from this UID on nobody was told that a message is \Recent
    std::uint32_t in_new = 0;        ///< messages that the last look found there
    char guid[32] = {};            ///< of the folder, as dovecot-uidlist has it
    DirectoryState new_directory, cur_directory;
    FileState uid_file;
    std::uint64_t heap_scanned = 0;  ///< up to here the heap was searched for what deliver has put there
    std::uint64_t identity = 0;      ///< of this file: a copy that was put in its place has another
    std::uint64_t heap_identity = 0; ///< of the heap
    std::uint64_t heap_weighed = 0;  ///< so long was the heap when somebody looked how much of it is garbage
};
static_assert(std::is_trivially_copyable_v<IndexHeader> && sizeof(IndexHeader) < 4096);
constexpr std::size_t header_octets = 4096;  ///< the records begin at a page

/// The letters of a record's flags and keywords, sorted: what follows ":2,".
std::string flag_letters(std::uint32_t flags, std::uint32_t keywords);

struct Letters {
    std::uint32_t flags = 0;
    std::uint32_t keywords = 0;
    bool has_others = false;  ///< some that have no bit
};
Letters parse_letters(std::string_view letters);

void seal(Record& record);           ///< after a change of the first part
void seal_measured(Record& record);  ///< after one of the second
bool is_sealed(const Record& record);
bool is_measured_sealed(const Record& record);

}  // namespace mailpipe::store
