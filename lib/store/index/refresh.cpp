// SPDX-License-Identifier: ISC
#include "store/index/refresh.hpp"

#include <algorithm>
#include <bitset>
#include <climits>
#include <unordered_map>

#include "base/files.hpp"
#include "base/hash.hpp"
#include "base/unique_name.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_name.hpp"
#include "store/index/file_pair.hpp"
#include "store/maildir_name.hpp"
#include "store/uid_file.hpp"

namespace mailpipe::store {

namespace {

constexpr int most_looks = 5;  // while others go on renaming

bool has_same_directories(const DiskState& a, const DiskState& b) {
    return a.new_directory == b.new_directory && a.cur_directory == b.cur_directory;
}

}  // namespace

Result<void> Refresh::run(Look look) {
    now_ = time_of_lock(*folder_);
    const auto disk = disk_state(*folder_);
    if (!disk) return failure(disk.error());
    disk_ = *disk;
    auto& index = folder_->index_;
    if (!index) return look_at_all();
    const auto& header = index->header();
    known_modseq_ = header.highest_modseq;
    const bool new_is_known = look == Look::if_changed && is_unchanged(header.new_directory, disk_.new_directory, *folder_->clock_);
    const bool cur_is_known = look == Look::if_changed && is_unchanged(header.cur_directory, disk_.cur_directory, *folder_->clock_);
    const bool uids_are_known = header.uid_file == disk_.uid_file;
    if (cur_is_known && uids_are_known) return new_is_known && access_ == Access::examine ? Result<void>{} : look_at_new();
    return look_at_all();
}

Result<void> Refresh::look_at_new() {
    only_new_ = true;
    if (auto r = names_.read(folder_->new_, Place::in_new); !r) return r;
    return reconcile();
}

Result<void> Refresh::look_at_all() {
    auto& index = folder_->index_;
    if (index && (!index->is_intact() || index->count_expunged() != index->header().expunged)) index.reset();
    auto names = NameList::scan(folder_->new_, folder_->cur_);
    if (!names) return failure(names.error());
    if (!names->doubles().empty() && part_doubles(*names, doubles())) names = NameList::scan(folder_->new_, folder_->cur_);
    if (!names) return failure(names.error());
    names_ = std::move(*names);
    return reconcile();
}

Doubles Refresh::doubles() const {
    const auto is_known = [this](std::string_view name, Place place) {
        const auto* index = folder_->index_.get();
        for (std::size_t i = 0; index != nullptr && i < index->size(); ++i) {
            const auto& record = (*index)[i];
            if (!record.is_expunged() && record.is_new() == (place == Place::in_new) && file_name(*index, record) == name) return true;
        }
        return false;
    };
    return {folder_->new_, folder_->cur_, [this] { return unique_name(folder_->clock_->now(), folder_->parts_.hostname); }, is_known};
}

/// Nothing is known of the names.
void Refresh::begin_matching() {
    taken_.assign(names_.size(), false);
    uids_.assign(names_.size(), 0);
    keys_.clear();
}

Result<void> Refresh::reconcile() {
    begin_matching();
    if (auto r = read_uids(); !r) return r;
    std::optional<Changing> changing;
    if (folder_->index_) {
        changing.emplace(folder_->index_);
        match_records();
        if (only_new_ && hides_known()) return start_again();
        if (contradicts_map()) return folder_->index_.reset(), start_again();
        if (auto r = look_for_missing(); !r) return publish(), r;
        const auto is_damaged = has_wrong_names();
        if (!is_damaged) return publish(), failure(is_damaged.error());
        if (*is_damaged) return folder_->index_.reset(), start_again();
        for (const auto i : missing_) expunge((*folder_->index_)[i]);
    }
    if (auto r = add_newcomers(); !r) return publish(), r;
    if (!changing) changing.emplace(folder_->index_);
    publish();
    auto& header = folder_->index_->header();
    remember();
    header.next_uid = std::max(header.next_uid, next_uid());  // others may have numbered what is gone by now
    if (access_ == Access::select) move_to_cur();
    header.in_new = count_new();
    return {};
}

/// The log first: who knows of the mod-sequence must find there what went.
void Refresh::publish() {
    if (!folder_->index_) return;
    if (!vanished_.empty()) ExpungeLog{folder_->parts_.index_directory}.append(vanished_, modseq_);
    folder_->index_->publish_modseq(modseq_);
}

/// What was looked at; nothing where the next refresh has to look at all again.
void Refresh::remember() {
    auto& header = folder_->index_->header();
    if (has_unnumbered_) {
        header.new_directory = header.cur_directory = {};
        header.uid_file = {};
        return;
    }
    header.new_directory = settled(disk_.new_directory, now_);
    if (!only_new_) header.cur_directory = settled(disk_.cur_directory, now_);
    if (const auto after = disk_state(*folder_)) header.uid_file = after->uid_file;
}

std::uint32_t Refresh::count_new() const {
    const auto& index = *folder_->index_;
    std::uint32_t count = 0;
    for (std::size_t i = 0; i < index.size(); ++i) count += index[i].is_new() && !index[i].is_expunged() ? 1 : 0;
    return count;
}

/// Which UIDs the names have: out of dovecot-uidlist where others have written it, else out of the index.
Result<void> Refresh::read_uids() {
    auto& index = folder_->index_;
    if (index && index->header().uid_file == disk_.uid_file) {
        take_uids_of_index();
        return {};
    }
    auto map = read_uid_map(folder_->parts_.directory);
    if (!map) return failure(map.error());
    map_ = std::move(*map);
    has_map_ = true;
    if (auto r = look_for_unseen(); !r) return r;
    begin_matching();
    if (index && map_.uid_validity() == 0) {  // somebody has deleted it: the index remembers
        map_.set_uid_validity(index->header().uid_validity);
        map_.set_guid(guid_of_index());
        is_restored_ = true;
        take_uids_of_index();
        return {};
    }
    if (index && map_.uid_validity() != index->header().uid_validity) index.reset();
    take_uids_of_map();
    return {};
}

/// A look can miss a file that is just being renamed; later ones that are numbered before it is found would cost it its UID.
/// So another one, where messages that have a UID and no record were not seen, and the folder may have changed.
Result<void> Refresh::look_for_unseen() {
    const auto& index = folder_->index_;
    const auto last_uid = index && index->size() > 0 ? (*index)[index->size() - 1].uid : 0;
    const auto is_seen = [&](const UidRecord& record) { return record.uid <= last_uid || names_.find(record.base).has_value(); };
    auto before = disk_;
    bool is_doubtful = settled(disk_.cur_directory, now_).is_settled == 0 || settled(disk_.new_directory, now_).is_settled == 0;
    for (int looks = 1; looks < most_looks && !std::ranges::all_of(map_.records(), is_seen); ++looks) {
        const auto after = disk_state(*folder_);
        if (!after) return failure(after.error());
        if (!is_doubtful && has_same_directories(before, *after)) break;
        is_doubtful = false;
        before = *after;
        if (auto r = names_.read(folder_->new_, Place::in_new); !r) return r;
        if (auto r = names_.read(folder_->cur_, Place::in_cur); !r) return r;
    }
    return {};
}

std::string Refresh::guid_of_index() const {
    const auto& header = folder_->index_->header();
    return {header.guid, sizeof header.guid};
}

void Refresh::take_uids_of_map() {
    if (map_.records().empty()) return;
    keys_.resize(names_.size());
    for (const auto& record : map_.records()) {
        const auto found = names_.find(record.base);
        if (!found) continue;
        uids_[*found] = record.uid;  // of two lines with one name the later counts
        keys_[*found] = record.keys;
    }
}

void Refresh::take_uids_of_index() {
    const auto& index = *folder_->index_;
    for (std::size_t i = 0; i < index.size(); ++i) {
        const auto& record = index[i];
        if (record.is_expunged() || (only_new_ && !record.is_new())) continue;
        if (const auto found = names_.find(index.base(record))) uids_[*found] = record.uid;
    }
}

void Refresh::match_records() {
    auto& index = *folder_->index_;
    for (std::size_t i = 0; i < index.size(); ++i) {
        auto& record = index[i];
        if (record.is_expunged() || (only_new_ && !record.is_new())) continue;
        const auto name = names_.find(index.base(record));
        if (!name) missing_.push_back(i);
        else if (uids_[*name] != record.uid) expunge(record);  // another server gave it another UID
        else take(record, *name);
    }
}

/// dovecot-uidlist has a message's UID, and the index has another message under it: it is not of this folder.
bool Refresh::contradicts_map() const {
    if (!has_map_ || is_restored_) return false;
    const auto& index = *folder_->index_;
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (taken_[i] || uids_[i] == 0) continue;
        const auto place = index.lower_bound(uids_[i]);
        if (place == index.size() || index[place].uid != uids_[i]) continue;
        if (!index[place].is_expunged() || (modseq_ != 0 && index[place].modseq == modseq_)) return true;
    }
    return false;
}

/// A new file has the base name of a message in cur/: only a look at both tells them apart.
bool Refresh::hides_known() const {
    const auto& index = *folder_->index_;
    std::bitset<NAME_MAX + 1> sizes;  // of names: asking for each message's name would take longer
    for (std::size_t i = 0; i < names_.size(); ++i) {
        if (!taken_[i]) sizes.set(names_.base(i).size());
    }
    for (std::size_t i = 0; sizes.any() && i < index.size(); ++i) {
        if (index[i].is_expunged() || index[i].is_new()) continue;
        const auto base = index.base(index[i]);
        if (base.size() < sizes.size() && sizes[base.size()] && names_.find(base)) return true;
    }
    return false;
}

void Refresh::take(Record& record, std::size_t name) {
    taken_[name] = true;
    update(record, names_.name(name), names_.place(name));
}

void Refresh::update(Record& record, std::string_view name, Place place) {
    auto& index = *folder_->index_;
    const auto named = read_file_name(name, place);
    if (named.flags == record.flags && named.keywords == record.keywords && named.stored == index.name(record)) return;
    constexpr auto told = flag::all;
    if ((named.flags & told) != (record.flags & told) || named.keywords != record.keywords) record.modseq = modseq();
    (void)index.set_name(record, name, place);  // on a full disk the old name stays, and the next look is as this one
    seal(record);
}

/// A look can miss what is just being renamed, and a message that is expunged is gone for ever: so a second one, and more
/// as long as others rename meanwhile.
Result<void> Refresh::look_for_missing() {
    auto& index = *folder_->index_;
    bool is_quiet = false;
    for (int looks = 0; !missing_.empty() && !is_quiet && looks < most_looks; ++looks) {
        const auto before = disk_state(*folder_);
        const auto again = NameList::scan(folder_->new_, folder_->cur_);
        const auto after = disk_state(*folder_);
        if (!before || !again || !after) return failure((!before ? before.error() : !again ? again.error() : after.error()));
        std::erase_if(missing_, [&](auto i) {
            const auto found = again->find(index.base(index[i]));
            if (found) update(index[i], again->name(*found), again->place(*found));
            return found.has_value();
        });
        is_quiet = has_same_directories(*before, *after);
    }
    return {};
}

/// Of records without a file: dovecot-uidlist has another name under the UID, and that file is there. Errors: the list can't
/// be read.
Result<bool> Refresh::has_wrong_names() const {
    if (missing_.empty()) return false;
    const bool is_read = has_map_ && !is_restored_;
    const auto read = is_read ? Result<UidMap>{} : read_uid_map(folder_->parts_.directory);
    if (!read) return failure(read.error());
    const auto& lines = is_read ? map_.records() : read->records();
    const auto& index = *folder_->index_;
    return std::ranges::any_of(missing_, [&](auto i) {
        const auto line = std::ranges::lower_bound(lines, index[i].uid, {}, &UidRecord::uid);
        const bool has_line = line != lines.end() && line->uid == index[i].uid;
        return has_line && line->base != index.base(index[i]) && names_.find(line->base);
    });
}

void Refresh::expunge(Record& record) {
    folder_->index_->mark_expunged(record, modseq());
    vanished_.push_back(record.uid);
}

std::uint64_t Refresh::modseq() {
    if (modseq_ == 0) modseq_ = folder_->index_->next_modseq(folder_->clock_->now());
    return modseq_;
}

Result<void> Refresh::put_in_index(const std::vector<std::uint32_t>& names) {
    auto& index = folder_->index_;
    std::vector<Record> records;
    std::string text;
    records.reserve(names.size());
    text.reserve(octets_of(names));
    for (const auto i : names) {
        const auto keys = keys_.empty() ? std::string_view{} : keys_[i];
        records.push_back(make_record(uids_[i], names_.name(i), names_.place(i), keys, text));
    }
    if (!index) return build(std::move(records), text);
    for (auto& record : records) record.modseq = modseq();
    const auto first = index->size();
    if (!index->append(records, text)) {  // no room on the disk: then in memory
        index.reset();
        return start_again();
    }
    adopt_entries(first);
    return {};
}

Result<void> Refresh::build(std::vector<Record> records, std::string_view names) {
    IndexHeader header;
    header.uid_validity = map_.uid_validity();
    map_.guid().copy(header.guid, sizeof header.guid);
    header.next_uid = std::max(map_.next_uid(), records.empty() ? 1 : records.back().uid + 1);
    const ExpungeLog log{folder_->parts_.index_directory};
    // A clock may have been set back, or be another host's: no mod-sequence comes twice. Where there is no index but those of
    // sessions, the directories tell when something has changed last: else each session would make it look so.
    const bool is_mapped = is_of_one_host(folder_->parts_.index_directory);
    const auto least = is_mapped ? std::max(known_modseq_, log.last()) + 1 : std::max(known_modseq_, log.last());
    header.highest_modseq = std::max(least, modseq_of(is_mapped ? folder_->clock_->now() : last_change(disk_)));
    const bool has_log = !is_mapped && header.highest_modseq == log.last();
    header.first_recent = header.next_uid;
    for (auto& record : records) {
        record.modseq = header.highest_modseq;
        if (record.is_new()) header.first_recent = std::min(header.first_recent, record.uid);
    }
    if (!has_log) log.begin(header.highest_modseq);
    auto built = IndexFile::build(folder_->parts_.index_directory, header, records, names);
    if (!built) return failure(built.error());
    folder_->index_ = std::move(*built);
    return {};
}

/// With all names, and whatever there is of an index now.
Result<void> Refresh::start_again() {
    const auto disk = disk_state(*folder_);
    if (!disk) return failure(disk.error());
    const Refresh before = std::move(*this);
    *this = Refresh{*before.folder_, before.access_};
    now_ = before.now_;
    known_modseq_ = before.known_modseq_;
    disk_ = *disk;
    return look_at_all();
}

/// What deliver has put into the heap for the new messages.
void Refresh::adopt_entries(std::size_t first) {
    auto& index = *folder_->index_;
    std::unordered_map<std::uint64_t, std::size_t> by_base;
    constexpr std::size_t few = 64;  // messages can be seen before deliver has said what they are
    for (auto i = first - std::min(first, few); i < index.size(); ++i) by_base.emplace(hash64(index.base(index[i])), i);
    auto at = index.header().heap_scanned;
    while (const auto entry = index.look_at_entry(at)) {
        at = entry->next;
        const auto found = by_base.find(entry->base_hash);
        if (entry->kind == EntryKind::names || found == by_base.end()) continue;
        set_place(index[found->second], entry->kind, entry->place);
    }
    index.header().heap_scanned = index.heap_octets();
}

void Refresh::move_to_cur() {
    auto& index = *folder_->index_;
    std::optional<OwnChange> own;
    for (std::size_t i = 0; i < index.size(); ++i) {
        auto& record = index[i];
        if (!record.is_new() || record.is_expunged()) continue;
        if (!own) own.emplace(*folder_);
        const auto name = file_name(index, record);
        const auto target = with_flags(name, "");
        // Where it is not any more somebody has moved it, and the next look finds it.
        if (rename_new_at(folder_->new_, name, folder_->cur_, target)) (void)index.set_name(record, target, Place::in_cur);
    }
}

}  // namespace mailpipe::store
