// SPDX-License-Identifier: ISC
// Expunged messages' records, and what the heap has of them, stay until the index is made anew: out of itself, without
// them. Mod-sequences stay, and so does what was found out about messages.
#pragma once

#include <memory>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/index/index_file.hpp"

namespace mailpipe::store {

constexpr std::uint64_t least_garbage = 1024 * 1024;  ///< octets, of records or of the heap; less is not worth it

/// More than half of its records, or of its heap, is garbage. The heap is looked through when it has doubled only.
bool is_wasteful(IndexFile& index);

/// A new index on disk, in the place of `index`, which is marked: who has it mapped notices, and its octets stay. Needs
/// the lock, and an index that is current and checked. Errors: a full disk; the old one stays.
Result<std::shared_ptr<IndexFile>> compact(IndexFile& index, const Fd& directory);

}  // namespace mailpipe::store
