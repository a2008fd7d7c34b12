// SPDX-License-Identifier: ISC
// How a folder looks to stat(2), against what its index remembers: whether it has to be read again.
#pragma once

#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/index/indexed_folder.hpp"

namespace mailpipe::store {

struct DiskState {
    DirectoryState new_directory;
    DirectoryState cur_directory;
    FileState uid_file;
};
Result<DiskState> disk_state(const IndexedFolder& folder);
/// When something of it has changed last.
Time last_change(const DiskState& disk);

/// True when a directory is as it was at the last look, and that was late enough to be sure, or it is too early to look
/// again: time stamps tell only so much.
bool is_unchanged(const DirectoryState& known, const DirectoryState& now, const Clock& clock);

/// When the lock was taken, or touched, as the file system has it: its clock may be another host's. The lock is held.
Time time_of_lock(const IndexedFolder& folder);

/// As it is to be remembered of a look that began at `now`, or later.
DirectoryState settled(DirectoryState state, Time now);

/// A process that dies on the way leaves the index marked: it has to be checked. May be part of a longer change.
class Changing {
public:
    explicit Changing(std::shared_ptr<IndexFile> index)
        : index_(std::move(index)), is_part_(index_->header().is_changing != 0) {
        index_->begin_change();
    }
    ~Changing() {
        if (!is_part_) index_->end_change();
    }
    Changing(const Changing&) = delete;

private:
    std::shared_ptr<IndexFile> index_;
    bool is_part_;
};

/// For a change that we make ourselves: no reason to look again, unless others had made one before it.
class OwnChange {
public:
    /// Precondition: the lock is held, and the index is up to date.
    explicit OwnChange(IndexedFolder& folder);
    /// The change is made, or has failed.
    ~OwnChange();
    OwnChange(const OwnChange&) = delete;

private:
    IndexedFolder& folder_;
    // As the index remembers it, where it looks so.
    std::optional<DirectoryState> new_before_{};
    std::optional<DirectoryState> cur_before_{};
    std::optional<FileState> uid_file_before_{};
};

}  // namespace mailpipe::store
