// SPDX-License-Identifier: ISC
// The two files of an index as they are made: on disk in the place of what is there, or in memory.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/index/index_file.hpp"
#include "store/index/record.hpp"

namespace mailpipe::store {

/// The heap begins with it; entries follow.
struct HeapHeader {
    static constexpr std::uint64_t magic_number = 0x3148'6570'6970'6c6dULL;  ///< "mlpipeH1"

    std::uint64_t magic;
    std::uint64_t generation;  ///< the index has the same
};

struct FilePair {
    Fd index;
    Fd heap;
};

struct IndexContent {
    IndexHeader header;
    std::span<const Record> records;
    std::string names;  ///< their entry in the heap
    IndexFile::HeapWriter more;
};

/// Other hosts may use a network's file system at the same time, and see later, or never, what is written to mapped memory.
bool is_of_one_host(const Fd& directory);
/// `type` as statfs(2) has it.
bool is_network_file_system(std::uint64_t type);

/// Needs the lock. What processes that died here have left goes. Files that others may have mapped are never cut short:
/// each is a new one. Errors: a full disk; a directory that is not of one host.
Result<FilePair> write_pair(const Fd& directory, const IndexContent& content);
Result<FilePair> memory_pair(const IndexContent& content);

/// Who has the index mapped that is there now notices.
void mark_index_replaced(const Fd& directory);

Fd open_index_file(const Fd& directory, const char* name);
/// A copy has another one.
std::uint64_t identity_of(const Fd& file);

}  // namespace mailpipe::store
