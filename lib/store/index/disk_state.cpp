// SPDX-License-Identifier: ISC
#include "store/index/disk_state.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "base/files.hpp"
#include "store/uid_file.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

namespace {

// File systems' clocks go in steps of some milliseconds, and a file server's may be a little off ours.
constexpr auto doubtful = 1200ms;

Time time_of(const DirectoryState& state) {
    return Time{} + std::chrono::seconds{state.seconds} + std::chrono::duration_cast<Time::duration>(std::chrono::nanoseconds{state.nanoseconds});
}

Result<DirectoryState> look_at(const Fd& directory) {
    const auto st = status(directory);
    if (!st) return failure(st.error());
    return DirectoryState{st->st_mtim.tv_sec, st->st_mtim.tv_nsec, 0};
}

Result<FileState> look_at_uid_file(const Fd& directory) {
    const auto st = status_at(directory, uid_file_name);
    if (!st && st.error().number == ENOENT) return FileState{};
    if (!st) return failure(st.error());
    return FileState{st->st_dev, st->st_ino, static_cast<std::uint64_t>(st->st_size), st->st_mtim.tv_sec, st->st_mtim.tv_nsec};
}

bool same_time(const DirectoryState& a, const DirectoryState& b) {
    return a.seconds == b.seconds && a.nanoseconds == b.nanoseconds;
}

}  // namespace

Result<DiskState> disk_state(const IndexedFolder& folder) {
    const auto in_new = look_at(folder.new_directory());
    if (!in_new) return failure(in_new.error());
    const auto in_cur = look_at(folder.cur_directory());
    if (!in_cur) return failure(in_cur.error());
    const auto uid_file = look_at_uid_file(folder.directory());
    if (!uid_file) return failure(uid_file.error());
    return DiskState{*in_new, *in_cur, *uid_file};
}

Time last_change(const DiskState& disk) {
    const DirectoryState uids{disk.uid_file.seconds, disk.uid_file.nanoseconds, 0};
    return std::max({time_of(disk.new_directory), time_of(disk.cur_directory), time_of(uids)});
}

Time time_of_lock(const IndexedFolder& folder) {
    const auto st = status_at(folder.directory(), std::string{uid_file_name} + ".lock");
    return st ? time_of({st->st_mtim.tv_sec, st->st_mtim.tv_nsec, 0}) : Time{};
}

bool is_unchanged(const DirectoryState& known, const DirectoryState& now, const Clock& clock) {
    return same_time(known, now) && (known.is_settled != 0 || clock.now() - time_of(known) < doubtful);
}

DirectoryState settled(DirectoryState state, Time now) {
    state.is_settled = now - time_of(state) >= doubtful ? 1 : 0;
    return state;
}

namespace {

/// What somebody has marked as doubtful meanwhile, and what was another before, stays so: it is looked at again.
void follow(DirectoryState& remembered, const std::optional<DirectoryState>& before, const DirectoryState& now) {
    if (before && remembered == *before && !same_time(remembered, now)) remembered = now;
}

}  // namespace

OwnChange::OwnChange(IndexedFolder& folder) : folder_(folder) {
    const auto now = disk_state(folder);
    if (!now) return;
    const auto& header = folder.index()->header();
    if (same_time(header.new_directory, now->new_directory)) new_before_ = header.new_directory;
    if (same_time(header.cur_directory, now->cur_directory)) cur_before_ = header.cur_directory;
    if (header.uid_file == now->uid_file) uid_file_before_ = header.uid_file;
}

OwnChange::~OwnChange() {
    const auto now = disk_state(folder_);
    if (!now) return;
    auto& header = folder_.index()->header();
    follow(header.new_directory, new_before_, now->new_directory);
    follow(header.cur_directory, cur_before_, now->cur_directory);
    if (uid_file_before_ && header.uid_file == *uid_file_before_) header.uid_file = now->uid_file;
}

}  // namespace mailpipe::store
