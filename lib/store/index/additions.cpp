// SPDX-License-Identifier: ISC
// IndexedFolder: new messages, out of files that were just written or out of another folder.
#include <algorithm>
#include <cerrno>
#include <tuple>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/unique_name.hpp"
#include "io/wire_size.hpp"
#include "store/guid.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/file_name.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/disk_state.hpp"
#include "store/maildir_name.hpp"
#include "store/maildirsize.hpp"
#include "store/uid_file.hpp"
#include "store/uid_map.hpp"

namespace mailpipe::store {

/// A message that is in cur/ already, but has no UID.
struct Placed {
    std::string name;
    std::string keys;  ///< for its line in dovecot-uidlist
    std::uint64_t octets = 0;
    std::int64_t internal_date = Record::unknown_date;
};

namespace {

std::string cur_name(const std::string& base, std::uint32_t flags, std::uint32_t keywords) {
    return with_flags(base, flag_letters(flags, keywords));
}

/// The files that were put into cur/ go again, unless all went well.
class Withdrawer {
public:
    explicit Withdrawer(const Fd& directory) : directory_(directory) {}
    ~Withdrawer() {
        for (const auto& one : placed) (void)unlink_at(directory_, one.name);
    }
    Withdrawer(const Withdrawer&) = delete;

    std::vector<Placed> placed;

private:
    const Fd& directory_;
};

}  // namespace

Result<NewFile> IndexedFolder::begin_message() {
    return NewFile::create(tmp_, unique_name(clock_->now(), parts_.hostname));
}

Result<std::vector<std::uint32_t>> IndexedFolder::add(std::span<Incoming> messages) {
    auto locks = lock_refreshed();
    if (!locks) return failure(locks.error());
    Withdrawer withdrawer{cur_};  // behind the lock: without it others may number what is to go
    const OwnChange own{*this};
    for (auto& message : messages) {
        locks->keep();
        const auto octets = message.file.size();
        const auto date = message.internal_date.value_or(unix_seconds(clock_->now()));
        if (auto r = message.file.flush(); !r) return failure(r.error());
        if (auto r = set_modified(message.file.file(), date); !r) return failure(r.error());
        const auto base = sized_name(unique_name(clock_->now(), parts_.hostname), octets, message.wire_octets);
        auto name = cur_name(base, message.flags, message.keywords);
        if (auto r = message.file.link(cur_, name); !r) return failure(r.error());
        withdrawer.placed.push_back({std::move(name), {}, octets, date});
    }
    auto uids = number_placed(withdrawer.placed);
    if (uids) withdrawer.placed.clear();
    return uids;
}

/// Syncs what is in cur/, gives it UIDs, on disk, and puts it into the index. Errors: the UIDs may be on disk, of messages
/// that will not be there: that is allowed.
Result<std::vector<std::uint32_t>> IndexedFolder::number_placed(const std::vector<Placed>& placed) {
    const auto disk = disk_state(*this);
    if (!disk) return failure(disk.error());
    // Others may have a UID there of which the index knows nothing: where it could not be written to its end.
    if (index_->header().uid_file != disk->uid_file) return failure({Fault::transient, "dovecot-uidlist can't be written"});
    if (auto r = sync(cur_); !r) return failure(r.error());
    const auto first = index_->header().next_uid;
    if (placed.size() >= UINT32_MAX - first) return failure({Fault::transient, "no UIDs are left in this folder"});
    std::string lines;
    std::string names;
    std::vector<Record> records;
    std::vector<std::uint32_t> uids;
    Usage usage;
    const auto modseq = index_->next_modseq(clock_->now());
    for (const auto& one : placed) {
        const auto uid = first + static_cast<std::uint32_t>(uids.size());
        uids.push_back(uid);
        append_record(lines, {uid, one.keys, parse_maildir_name(one.name).base});
        records.push_back(make_record(uid, one.name, Place::in_cur, one.keys, names));
        records.back().modseq = modseq;
        records.back().internal_date = one.internal_date;
        usage.add_message(one.octets);
    }
    if (auto r = append_uid_records(parts_.directory, lines); !r) {
        index_->header().uid_file = {};  // some of it may be there: to be read again
        return failure(r.error());
    }
    const Changing changing{index_};
    if (!index_->append(records, names)) {  // no room: the next look finds them, and their UIDs in the file
        index_->header().cur_directory = {};
        index_->header().uid_file = {};
    }
    index_->publish_modseq(modseq);
    record_usage(parts_.root, usage);
    return uids;
}

namespace {

/// A copy of a file's octets, where it can't be linked.
Result<void> copy_octets(const Fd& from, NewFile& to) {
    std::vector<char> buffer(256 * 1024);
    for (;;) {
        const auto n = ::read(from.number(), buffer.data(), buffer.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "read message"));
        if (n == 0) return {};
        if (auto r = to.write({buffer.data(), static_cast<std::size_t>(n)}); !r) return r;
    }
}

constexpr int max_attempts = 5;  // to copy: who needs no lock may change the messages' names meanwhile

bool must_be_copied(const Error& error) {
    return error.number == EXDEV || error.number == EMLINK || error.number == EPERM || error.number == ENOTSUP;
}

}  // namespace

/// In the folder's cur/ under `name`, with the source's modification time.
Result<void> IndexedFolder::take_copy(const Fd& directory, const std::string& source, const std::string& name) {
    auto linked = link_at(directory, source, cur_, name);
    if (linked || !must_be_copied(linked.error())) return linked;
    const auto from = open_read_at(directory, source);
    if (!from) return failure(from.error());
    const auto st = status(*from);
    if (!st) return failure(st.error());
    auto file = begin_message();
    if (!file) return failure(file.error());
    if (auto r = copy_octets(*from, *file); !r) return r;
    if (auto r = file->flush(); !r) return r;
    if (auto r = set_modified(file->file(), st->st_mtime); !r) return r;
    return file->link(cur_, name);
}

/// One attempt; the target's lock is held at least. Errors: nothing is copied. EAGAIN: one was not where the index says.
Result<IndexedFolder::Copied> IndexedFolder::copy_locked(HeldLocks& locks, std::span<const std::uint32_t> uids, IndexedFolder& target,
                                                         const KeywordMap& map_keywords) {
    Withdrawer withdrawer{target.cur_};
    const OwnChange own{target};
    Copied copied;
    for (const auto uid : uids) {
        locks.keep();
        const auto* record = this->record(uid);
        if (record == nullptr) continue;
        const auto unique = unique_name(clock_->now(), parts_.hostname);
        const bool is_measured = record->octets != Record::unknown_octets && record->wire_octets != Record::unknown_octets;
        const auto base = is_measured ? sized_name(unique, record->octets, record->wire_octets) : unique;
        auto name = cur_name(base, record->flags & flag::all, map_keywords(record->keywords));
        auto taken = target.take_copy(directory_of(*record), file_name(*index_, *record), name);
        if (!taken && taken.error().number == ENOENT) {
            return failure({Fault::transient, "messages change their names too fast", {}, EAGAIN});
        }
        if (!taken) return failure(taken.error());
        const auto guid = "G" + written_guid(index_->guid(*record));
        withdrawer.placed.push_back({std::move(name), guid, known_octets(*record), record->internal_date});
        copied.from.push_back(uid);
    }
    if (copied.from.empty()) return copied;
    auto uids_there = target.number_placed(withdrawer.placed);
    if (!uids_there) return failure(uids_there.error());
    withdrawer.placed.clear();
    copied.to = std::move(*uids_there);
    copy_entries(copied, target);
    return copied;
}

Result<IndexedFolder::Copied> IndexedFolder::copy(std::span<const std::uint32_t> uids, IndexedFolder& target,
                                                  const KeywordMap& map_keywords) {
    for (int attempt = 1;; ++attempt) {
        {
            auto locks = target.lock_refreshed();
            if (!locks) return failure(locks.error());
            auto copied = copy_locked(*locks, uids, target, map_keywords);
            if (copied || copied.error().number != EAGAIN || attempt == max_attempts) return copied;
        }
        if (auto r = refresh(Access::examine, Look::anyway); !r) return failure(r.error());
    }
}

/// Always in the same order, INBOX first: else two that move to and fro would wait for each other.
Result<HeldLocks> IndexedFolder::lock_both(const IndexedFolder& target) const {
    const auto here = status(parts_.directory);
    const auto there = status(target.parts_.directory);
    const auto inbox = status(parts_.root);
    if (!here || !there || !inbox) return failure((!here ? here : !there ? there : inbox).error());
    const auto rank = [&](const struct stat& st) { return std::tuple{st.st_ino != inbox->st_ino, st.st_dev, st.st_ino}; };
    const bool is_here_first = rank(*here) <= rank(*there);
    HeldLocks locks;
    auto first = is_here_first ? lock() : target.lock();
    if (!first) return failure(first.error());
    locks.add(std::move(*first));
    if (rank(*here) == rank(*there)) return locks;
    auto second = is_here_first ? target.lock() : lock();
    if (!second) return failure(second.error());
    locks.add(std::move(*second));
    return locks;
}

Result<IndexedFolder::Moved> IndexedFolder::move(std::span<const std::uint32_t> uids, IndexedFolder& target,
                                                 const KeywordMap& map_keywords) {
    auto locks = lock_both(target);
    if (!locks) return failure(locks.error());
    if (auto r = target.refresh_locked(Access::examine, Look::if_changed); !r) return failure(r.error());
    if (auto r = refresh_locked(Access::examine, Look::if_changed); !r) return failure(r.error());
    auto copied = copy_locked(*locks, uids, target, map_keywords);
    for (int attempt = 1; !copied && copied.error().number == EAGAIN && attempt < max_attempts; ++attempt) {
        if (auto r = refresh_locked(Access::examine, Look::anyway); !r) return failure(r.error());
        copied = copy_locked(*locks, uids, target, map_keywords);
    }
    if (!copied) return failure(copied.error());
    Moved moved{std::move(*copied), {}};
    Expunged expunged;
    if (auto r = expunge_locked(*locks, moved.copied.from, Which::all, expunged); !r) moved.trouble = r.error();
    target.withdraw(*locks, moved.copied, expunged.uids);
    return moved;
}

/// Whose source is still there is no copy: it goes again.
void IndexedFolder::withdraw(HeldLocks& locks, Copied& copied, const std::vector<std::uint32_t>& gone) {
    Copied kept;
    std::vector<std::uint32_t> surplus;
    for (std::size_t i = 0; i < copied.from.size(); ++i) {
        const bool is_moved = std::ranges::binary_search(gone, copied.from[i]);
        if (!is_moved) surplus.push_back(copied.to[i]);
        else kept.from.push_back(copied.from[i]), kept.to.push_back(copied.to[i]);
    }
    copied = std::move(kept);
    Expunged expunged;
    if (!surplus.empty()) (void)expunge_locked(locks, surplus, Which::all, expunged);
}

/// What the index keeps of the messages is true of the copies.
void IndexedFolder::copy_entries(const Copied& copied, IndexedFolder& target) {
    EntryBatch batch{*target.index_};
    for (std::size_t i = 0; i < copied.from.size(); ++i) {
        auto* record = this->record(copied.from[i]);
        if (record == nullptr) continue;
        for (const auto kind : {EntryKind::summary, EntryKind::structure}) {
            if (const auto payload = kept(*index_, *record, kind)) batch.add(copied.to[i], kind, *payload);
        }
        const auto facts = sort_facts(*record);
        auto* copy = facts ? target.record(copied.to[i]) : nullptr;
        if (copy != nullptr) set_sort_facts(*copy, *facts);
    }
}

}  // namespace mailpipe::store
