// SPDX-License-Identifier: ISC
// IndexedFolder: flags and expunges.
#include <algorithm>
#include <cerrno>

#include "base/files.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_name.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/disk_state.hpp"
#include "store/maildir_name.hpp"
#include "store/maildirsize.hpp"

namespace mailpipe::store {

namespace {

struct Flags {
    std::uint32_t flags;
    std::uint32_t keywords;
    bool operator==(const Flags&) const = default;
};

Flags flags_of(const Record& record) { return {record.flags & flag::all, record.keywords}; }

Flags changed(Flags flags, const FlagChange& change) {
    switch (change.how) {
        case FlagChange::How::add: return {flags.flags | change.flags, flags.keywords | change.keywords};
        case FlagChange::How::remove: return {flags.flags & ~change.flags, flags.keywords & ~change.keywords};
        case FlagChange::How::replace: break;
    }
    return {change.flags | (flags.flags & flag::passed), change.keywords};  // no client sees the letter P
}

}  // namespace

Result<HeldLocks> IndexedFolder::lock_refreshed() {
    auto lock = this->lock();
    if (!lock) return failure(lock.error());
    if (auto r = refresh_locked(Access::examine, Look::if_changed); !r) return failure(r.error());
    HeldLocks locks;
    locks.add(std::move(*lock));
    return locks;
}

/// Gives the file the name that goes with its flags. False: it is not where it was.
Result<bool> IndexedFolder::rename_to(Record& record, std::uint32_t flags, std::uint32_t keywords) {
    const auto old_name = file_name(*index_, record);
    const auto parsed = parse_maildir_name(old_name);
    std::string letters;
    for (const char c : parsed.flags) {
        if (parse_letters({&c, 1}).has_others) letters += c;
    }
    const auto name = with_flags(with_flags(old_name, "", parsed.flags), letters + flag_letters(flags, keywords));
    auto renamed = rename_new_at(directory_of(record), old_name, cur_, name);
    if (!renamed && renamed.error().number == ENOENT) return false;
    if (!renamed) return failure(renamed.error());
    if (auto r = index_->set_name(record, name, Place::in_cur); !r) return failure(r.error());
    return true;
}

namespace {

/// One round. Errors: the first; `misplaced` are those that were not under their names.
Result<void> do_each(std::span<const std::uint32_t> uids, const std::function<Record*(std::uint32_t)>& find,
                     const std::function<Result<bool>(Record&)>& is_done, HeldLocks& locks, std::vector<std::uint32_t>& misplaced) {
    for (const auto uid : uids) {
        auto* record = find(uid);
        if (record == nullptr) continue;
        const auto done = is_done(*record);
        if (!done) return failure(done.error());
        if (!*done) misplaced.push_back(uid);
        locks.keep();
    }
    return {};
}

}  // namespace

/// Does something to each message's file. Where one is not under its name, the folder is read again, once for all of them.
Result<void> IndexedFolder::with_each(HeldLocks& locks, std::span<const std::uint32_t> uids, const Each& each) {
    const OwnChange own{*this};
    std::vector<std::uint32_t> left{uids.begin(), uids.end()};
    for (bool is_first = true;; is_first = false) {
        std::vector<std::uint32_t> misplaced;
        Result<void> done;
        {
            const Changing changing{index_};
            done = do_each(left, [&](auto uid) { return record(uid); }, each.is_done, locks, misplaced);
            each.publish();
        }
        if (!done || misplaced.empty() || !is_first) return done;
        if (auto r = refresh_locked(Access::examine, Look::anyway); !r) return r;
        left = std::move(misplaced);
    }
}

bool IndexedFolder::Stored::has(std::uint64_t modseq) const { return std::ranges::find(turns, modseq, &Turn::modseq) != turns.end(); }

Result<IndexedFolder::Stored> IndexedFolder::store(std::span<const std::uint32_t> uids, const FlagChange& change,
                                                   std::optional<std::uint64_t> unchanged_since, std::uint64_t told) {
    auto locks = lock_refreshed();
    if (!locks) return failure(locks.error());
    Stored stored;
    // Others may just have changed them, and their change hides behind one of ours.
    const bool is_doubtful = index_->header().cur_directory.is_settled == 0;
    const auto is_there = [&](const Record& record) { return status_at(directory_of(record), file_name(*index_, record)).has_value(); };
    const auto is_done = [&](Record& record) -> Result<bool> {
        if (unchanged_since && record.modseq > *unchanged_since) {
            stored.modified.push_back(record.uid);
            return true;
        }
        const auto now = changed(flags_of(record), change);
        if (now == flags_of(record)) return !is_doubtful || is_there(record);
        const auto highest = index_->header().highest_modseq;
        if (stored.turns.empty() || stored.turns.back().modseq <= highest) {
            stored.turns.push_back({highest, index_->next_modseq(clock_->now())});
        }
        const auto before = record.modseq;
        __atomic_store_n(&record.modseq, stored.turns.back().modseq, __ATOMIC_RELEASE);  // first: others look without the lock
        seal(record);  // who is killed from here on leaves a record that is whole
        const auto renamed = rename_to(record, now.flags, now.keywords);
        if (!renamed || !*renamed) record.modseq = before;
        seal(record);
        if (renamed && *renamed && before > told) stored.overtook.push_back(record.uid);
        return renamed;
    };
    const auto publish = [&] { index_->publish_modseq(stored.turns.empty() ? 0 : stored.turns.back().modseq); };
    const auto done = with_each(*locks, uids, {is_done, publish});
    if (!done) return failure(done.error());
    std::ranges::sort(stored.overtook);
    return stored;
}

Result<IndexedFolder::Expunged> IndexedFolder::expunge(std::span<const std::uint32_t> uids, Which which) {
    auto locks = lock_refreshed();
    if (!locks) return failure(locks.error());
    Expunged expunged;
    if (auto r = expunge_locked(*locks, uids, which, expunged); !r) return failure(r.error());
    return expunged;
}

/// Errors: `expunged` has what is gone by then.
Result<void> IndexedFolder::expunge_locked(HeldLocks& locks, std::span<const std::uint32_t> uids, Which which, Expunged& expunged) {
    Usage usage;
    std::size_t published = 0;
    const auto is_done = [&](Record& record) -> Result<bool> {
        if (which == Which::deleted && (record.flags & flag::deleted) == 0) return true;
        const auto octets = known_octets(record);
        auto removed = unlink_at(directory_of(record), file_name(*index_, record));
        if (!removed && removed.error().number == ENOENT) return false;
        if (!removed) return failure(removed.error());
        if (expunged.modseq <= index_->header().highest_modseq) expunged.modseq = index_->next_modseq(clock_->now());
        index_->mark_expunged(record, expunged.modseq);
        expunged.uids.push_back(record.uid);
        usage.add_message(octets);
        return true;
    };
    // The log first: who knows of the mod-sequence must find there what went.
    const auto publish = [&] {
        const auto fresh = std::span{expunged.uids}.subspan(published);
        published = expunged.uids.size();
        if (!fresh.empty()) ExpungeLog{parts_.index_directory}.append(fresh, expunged.modseq);
        index_->publish_modseq(expunged.modseq);
    };
    const auto done = with_each(locks, uids, {is_done, publish});
    if (!expunged.uids.empty()) record_usage(parts_.root, {-usage.octets, -usage.messages});
    std::ranges::sort(expunged.uids);
    return done;
}

/// On disk, for the quota.
std::uint64_t IndexedFolder::known_octets(const Record& record) const {
    if (record.octets != Record::unknown_octets) return record.octets;
    const auto st = status_at(directory_of(record), file_name(*index_, record));
    return st ? static_cast<std::uint64_t>(st->st_size) : 0;
}

}  // namespace mailpipe::store
