// SPDX-License-Identifier: ISC
// Refresh: UIDs for messages that are new, in dovecot-uidlist.
#include <algorithm>

#include "base/log.hpp"
#include "store/index/refresh.hpp"
#include "store/guid.hpp"
#include "store/maildir_name.hpp"
#include "store/uid_file.hpp"
#include "store/uid_validity.hpp"

namespace mailpipe::store {

/// As arrived_before() has it, each name parsed once.
void Refresh::sort_by_arrival(std::span<std::uint32_t> names) const {
    struct Arrival {
        MaildirName::Arrival arrival;
        std::uint32_t name;
    };
    std::vector<Arrival> arrivals;
    arrivals.reserve(names.size());
    for (const auto i : names) {
        arrivals.push_back({parse_maildir_name(names_.base(i)).arrival(), i});
    }
    std::ranges::sort(arrivals, [&](const Arrival& a, const Arrival& b) {
        return std::pair{a.arrival, names_.base(a.name)} < std::pair{b.arrival, names_.base(b.name)};
    });
    std::ranges::transform(arrivals, names.begin(), &Arrival::name);
}

/// Those that have no record: first, by their UIDs, what another server has numbered; then, the older ones first, the others.
std::vector<std::uint32_t> Refresh::newcomers(std::uint32_t last_uid) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < names_.size(); ++i) {
        if (taken_[i]) continue;
        if (uids_[i] <= last_uid) uids_[i] = 0;  // it was gone, or had no record when later ones got theirs
        found.push_back(i);
    }
    const auto numbered = std::ranges::partition(found, [&](auto i) { return uids_[i] != 0; });
    std::sort(found.begin(), numbered.begin(), [&](auto a, auto b) { return uids_[a] < uids_[b]; });
    sort_by_arrival({numbered.begin(), found.end()});
    return found;
}

std::uint32_t Refresh::next_uid() const {
    const auto& index = folder_->index_;
    return std::max(has_map_ ? map_.next_uid() : 1, index ? index->header().next_uid : 1);
}

/// There are no UIDs left (RFC 3501 section 2.3.1.1): all begins anew under another UIDVALIDITY.
void Refresh::forget_all_uids() {
    old_validity_ = has_map_ ? map_.uid_validity() : folder_->index_->header().uid_validity;
    if (!has_map_) map_.set_guid(guid_of_index());
    keys_.clear();
    map_.forget_all();
    has_map_ = true;
    is_restored_ = false;
    folder_->index_.reset();
    uids_.assign(names_.size(), 0);
    taken_.assign(names_.size(), false);
}

Result<void> Refresh::add_newcomers() {
    auto& index = folder_->index_;
    const auto last_uid = index && index->size() > 0 ? (*index)[index->size() - 1].uid : 0;
    auto names = newcomers(last_uid);
    const bool is_damaged = has_map_ && map_.must_be_rewritten();  // nobody may append to a torn line
    if (names.empty() && index && !is_damaged) return {};
    if (names.size() >= UINT32_MAX - next_uid()) {
        if (only_new_) return start_again();
        forget_all_uids();
        names = newcomers(0);
    }
    if (auto r = number(names); !r) {
        if (!index) return r;
        LogLine("trouble").add("what", r.error().what).write();  // what has a UID can be read all the same
        has_unnumbered_ = true;
        return {};
    }
    return put_in_index(names);
}

std::size_t Refresh::octets_of(const std::vector<std::uint32_t>& names) const {
    std::size_t octets = 0;
    for (const auto i : names) octets += names_.name(i).size();
    return octets;
}

/// Gives a UID to each that has none, on disk.
Result<void> Refresh::number(const std::vector<std::uint32_t>& names) {
    auto next = next_uid();
    constexpr std::size_t around = 13;  // of a line: UID, blank, colon, line end
    std::string lines;
    lines.reserve(octets_of(names) + names.size() * around);
    for (const auto i : names) {
        if (uids_[i] != 0) continue;
        uids_[i] = next++;
        append_record(lines, {uids_[i], {}, names_.base(i)});
    }
    if (has_map_) return write_uid_map(std::move(lines), next);
    return lines.empty() ? Result<void>{} : append_uid_records(folder_->parts_.directory, lines);
}

Result<void> Refresh::write_uid_map(std::string lines, std::uint32_t next_uid) {
    if (map_.uid_validity() == 0) map_.set_uid_validity(next_uid_validity(folder_->parts_.root, *folder_->clock_, old_validity_));
    if (map_.guid().empty()) map_.set_guid(random_guid());
    if (is_restored_) lines.insert(0, lines_of_index());
    if (lines.empty() && !map_.must_be_rewritten()) return {};
    std::optional<Result<NameList>> again;  // what the first look missed keeps its UID
    const auto is_there = [&](std::string_view base) {
        if (names_.find(base)) return true;
        if (!again) again = NameList::scan(folder_->new_, folder_->cur_);
        return !*again || (*again)->find(base).has_value();
    };
    const auto live = static_cast<std::size_t>(std::ranges::count_if(uids_, [](auto uid) { return uid != 0; }));
    return extend_uid_map(folder_->parts_.directory, map_, {std::move(lines), next_uid, live, is_there});
}

std::string Refresh::lines_of_index() const {
    const auto& index = *folder_->index_;
    std::string lines;
    for (std::size_t i = 0; i < index.size(); ++i) {
        const auto& record = index[i];
        if (record.is_expunged()) continue;
        const auto guid = record.guid_octets == 0 ? std::string{} : "G" + std::string{index.guid(record)};
        append_record(lines, {record.uid, guid, index.base(record)});
    }
    return lines;
}

}  // namespace mailpipe::store
