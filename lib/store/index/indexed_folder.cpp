// SPDX-License-Identifier: ISC
#include "store/index/indexed_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "io/wire_size.hpp"
#include "store/index/compaction.hpp"
#include "store/index/disk_state.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_name.hpp"
#include "store/index/refresh.hpp"
#include "store/maildir_name.hpp"
#include "store/uid_file.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

Result<IndexedFolder> IndexedFolder::open(OpenFolder parts, const Clock& clock) {
    IndexedFolder folder{std::move(parts), clock};
    for (const auto& [name, part] : {std::pair{"new", &folder.new_}, {"cur", &folder.cur_}, {"tmp", &folder.tmp_}}) {
        auto opened = open_directory_at(folder.parts_.directory, name);
        if (!opened) return failure(opened.error());
        *part = std::move(*opened);
    }
    return folder;
}

Result<Dotlock> IndexedFolder::lock() const { return lock_uid_map(parts_.directory); }

/// Nothing but stat(2), where that is enough.
Result<bool> IndexedFolder::is_fresh(Access access) const {
    if (!index_ || !index_->is_current() || index_->must_be_checked()) return false;
    const auto disk = disk_state(*this);
    if (!disk) return failure(disk.error());
    const auto& header = index_->header();
    const bool has_new = access == Access::select && header.in_new != 0;
    return !has_new && is_unchanged(header.new_directory, disk->new_directory, *clock_) &&
           is_unchanged(header.cur_directory, disk->cur_directory, *clock_) && header.uid_file == disk->uid_file;
}

Result<void> IndexedFolder::refresh(Access access, Look look) {
    const bool is_first = !index_;
    if (auto r = bring_up_to_date(access, look); !r) return r;
    if (is_first && access == Access::select) compact_if_wasteful();
    return {};
}

/// Nobody waits for that: while others have the lock they may have a reason to use the folder.
void IndexedFolder::compact_if_wasteful() {
    if (!is_wasteful(*index_)) return;
    const auto lock = Dotlock::take(parts_.directory, uid_file_name, {.wait = 0s, .stale = 120s});
    if (!lock || !index_->is_current() || index_->must_be_checked()) return;
    if (auto compacted = compact(*index_, parts_.index_directory)) index_ = std::move(*compacted);
}

Result<void> IndexedFolder::bring_up_to_date(Access access, Look look) {
    if (!index_) index_ = IndexFile::open(parts_.index_directory);
    if (look == Look::if_changed) {
        const auto is_done = is_fresh(access);
        if (!is_done) return failure(is_done.error());
        if (*is_done) return {};
    }
    const auto lock = this->lock();
    if (!lock) return failure(lock.error());
    return refresh_locked(access, look);
}

Result<void> IndexedFolder::refresh_locked(Access access, Look look) {
    const auto before = index_;
    if (!index_ || !index_->is_current()) index_ = IndexFile::open(parts_.index_directory);
    if (index_ && index_->must_be_checked() && !check()) index_.reset();
    const auto done = Refresh{*this, access}.run(look);
    if (!index_) index_ = before;  // a failing disk: what was known is better than nothing
    return done;
}

/// Of the index and the log: who died may have written only one of them.
bool IndexedFolder::check() const {
    if (!index_->check()) return false;
    std::vector<ExpungeLog::Expunged> expunged;
    for (std::size_t i = 0; i < index_->size(); ++i) {
        const auto& record = (*index_)[i];
        if (record.is_expunged()) expunged.push_back({record.uid, record.modseq});
    }
    ExpungeLog{parts_.index_directory}.complete(std::move(expunged), index_->header().highest_modseq);
    return true;
}

namespace {

/// What somebody expunges just now is in the log when he has done.
void add_unlogged(const IndexFile& index, std::uint64_t modseq, std::vector<std::uint32_t>& uids) {
    const auto logged = static_cast<std::ptrdiff_t>(uids.size());
    for (std::size_t i = 0; i < index.size(); ++i) {
        const auto& record = index[i];
        if (!record.is_expunged() || __atomic_load_n(&record.modseq, __ATOMIC_ACQUIRE) <= modseq) continue;
        if (!std::binary_search(uids.begin(), uids.begin() + logged, record.uid)) uids.push_back(record.uid);
    }
    std::ranges::sort(uids);
}

}  // namespace

std::optional<std::vector<std::uint32_t>> IndexedFolder::expunged_since(std::uint64_t modseq) const {
    auto uids = ExpungeLog{parts_.index_directory}.since(modseq);
    if (uids) add_unlogged(*index_, modseq, *uids);
    // Who restores a folder from a backup may leave the log, and a message is back.
    if (uids) std::erase_if(*uids, [&](std::uint32_t uid) { return index_->find(uid).has_value(); });
    return uids;
}

/// Runs `attempt` on the message's directory and name; when it is not there, once more where it is now.
template <typename T>
Result<T> IndexedFolder::with_file(std::uint32_t uid, const Attempt<T>& attempt) {
    for (bool is_first = true;; is_first = false) {
        const auto found = index_->find(uid);
        if (!found) return failure(system_error(ENOENT, fmt::format("open message {}", uid)));
        const auto& record = (*index_)[*found];
        auto done = attempt(record.is_new() ? new_ : cur_, file_name(*index_, record));
        if (done || done.error().number != ENOENT || !is_first) return done;
        if (auto r = refresh(Access::examine, Look::anyway); !r) return failure(r.error());
    }
}

Result<Fd> IndexedFolder::open_message(std::uint32_t uid) { return with_file<Fd>(uid, open_read_at); }

Result<std::int64_t> IndexedFolder::internal_date(std::uint32_t uid) {
    const auto st = with_file<struct stat>(uid, status_at);
    if (!st) return failure(st.error());
    if (auto* record = this->record(uid)) {
        record->internal_date = st->st_mtime;
        seal_measured(*record);
    }
    return st->st_mtime;
}

Result<std::uint64_t> IndexedFolder::wire_octets(std::uint32_t uid) {
    const auto file = open_message(uid);
    if (!file) return failure(file.error());
    const auto size = io::measure(*file);
    if (!size) return failure(size.error());
    measured(uid, size->octets, size->wire_octets);
    return size->wire_octets;
}

Result<std::uint64_t> IndexedFolder::octets(std::uint32_t uid) {
    const auto st = with_file<struct stat>(uid, status_at);
    if (!st) return failure(st.error());
    const auto octets = static_cast<std::uint64_t>(st->st_size);
    if (auto* record = this->record(uid)) {
        record->octets = octets;
        seal_measured(*record);
    }
    return octets;
}

void IndexedFolder::measured(std::uint32_t uid, std::uint64_t octets, std::uint64_t wire_octets) {
    auto* record = this->record(uid);
    if (record == nullptr || (record->octets == octets && record->wire_octets == wire_octets)) return;
    record->octets = octets;
    record->wire_octets = wire_octets;
    seal_measured(*record);
}

Record* IndexedFolder::record(std::uint32_t uid) {
    const auto found = index_->find(uid);
    return found ? &(*index_)[*found] : nullptr;
}

}  // namespace mailpipe::store
