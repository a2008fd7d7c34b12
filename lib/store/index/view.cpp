// SPDX-License-Identifier: ISC
#include "store/index/view.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>

namespace mailpipe::store {

namespace {

std::uint64_t highest_modseq(const IndexFile& index) { return __atomic_load_n(&index.header().highest_modseq, __ATOMIC_ACQUIRE); }
std::uint64_t expunges_of(const IndexFile& index) { return __atomic_load_n(&index.header().expunged, __ATOMIC_ACQUIRE); }

std::vector<std::uint32_t> expunged_places(const IndexFile& index, std::size_t end) {
    std::vector<std::uint32_t> places;
    if (expunges_of(index) == 0) return places;
    for (std::uint32_t i = 0; i < end; ++i) {
        if (index[i].is_expunged()) places.push_back(i);
    }
    return places;
}

bool same_flags(const Record& a, const Record& b) {
    return (a.flags & flag::all) == (b.flags & flag::all) && a.keywords == b.keywords;
}

}  // namespace

View::View(std::shared_ptr<IndexFile> index)
    : index_(std::move(index)),
      modseq_(highest_modseq(*index_)),
      expunges_(expunges_of(*index_)),
      known_(index_->size()),
      gone_(expunged_places(*index_, known_)) {}

/// The number of gone ones before it grows with the place: so their number can be searched for.
std::size_t View::place_of(std::uint32_t sequence) const {
    const std::size_t wanted = sequence - 1;
    std::size_t low = 0;
    std::size_t high = gone_.size();
    while (low < high) {
        const auto middle = (low + high) / 2;
        if (gone_[middle] - middle <= wanted) low = middle + 1;
        else high = middle;
    }
    return wanted + low;
}

std::uint32_t View::sequence_at(std::size_t place) const {
    const auto before = std::ranges::lower_bound(gone_, place) - gone_.begin();
    return static_cast<std::uint32_t>(place + 1 - static_cast<std::size_t>(before));
}

bool View::is_gone(std::size_t place) const { return std::ranges::binary_search(gone_, place); }

std::optional<std::uint32_t> View::sequence_of(std::uint32_t uid) const {
    const auto place = index_->lower_bound(uid);
    if (place >= known_ || (*index_)[place].uid != uid || is_gone(place)) return {};
    return sequence_at(place);
}

std::uint32_t View::count_below(std::uint32_t uid) const {
    return sequence_at(std::min(index_->lower_bound(uid), known_)) - 1;
}

std::uint32_t View::next_uid() const {
    const auto next = __atomic_load_n(&index_->header().next_uid, __ATOMIC_ACQUIRE);
    return index_->size() > known_ ? (*index_)[known_].uid : next;
}

void View::told(std::uint64_t before, std::uint64_t modseq) {
    if (before == modseq_) modseq_ = modseq;
    else own_.push_back(modseq);
}

bool View::is_own(std::uint64_t modseq) const { return std::ranges::find(own_, modseq) != own_.end(); }

View::Changes View::catch_up(const std::shared_ptr<IndexFile>& index, Expunges expunges) {
    Changes changes;
    if (index != index_ && (expunges == Expunges::tell || has_all(*index))) {
        take_other_index(index, changes);
        return changes;
    }
    if (index != index_) follow(*index);
    const auto highest = highest_modseq(*index_);
    const auto expunged = expunges_of(*index_);
    const auto before = known_;
    known_ = index_->size();
    changes.has_new = known_ != before;
    if (expunges == Expunges::tell && expunged != expunges_) {
        take_expunges(before, changes);
        expunges_ = expunged;
    }
    if (highest > modseq_) find_changed(before, changes);
    modseq_ = highest;
    own_.clear();
    return changes;
}

std::uint64_t View::told_up_to() const {
    auto told = modseq_;
    if (expunges_ == expunges_of(*index_)) return told;
    for (const auto place : expunged_places(*index_, known_)) {
        if (!is_gone(place)) told = std::min(told, (*index_)[place].modseq - 1);
    }
    return told;
}

/// Nothing of the view is missing there: no sequence number changes.
bool View::has_all(const IndexFile& index) const {
    for (std::uint32_t sequence = 1; sequence <= size(); ++sequence) {
        if (!index.find(record(sequence).uid)) return false;
    }
    return true;
}

void View::follow(const IndexFile& index) {
    const auto highest = highest_modseq(index);  // first: what comes then is looked at again
    for (std::size_t place = 0; place < known_; ++place) {
        auto& record = (*index_)[place];
        if (record.is_expunged()) continue;
        const auto now = index.find(record.uid);
        if (!now) {
            index_->mark_expunged(record, modseq_ + 1);  // later than all that was told
        } else if (!same_flags(record, index[*now])) {
            record.flags = (record.flags & ~flag::all) | (index[*now].flags & flag::all);
            record.keywords = index[*now].keywords;
            record.modseq = index[*now].modseq;
            seal(record);
        }
    }
    index_->publish_modseq(highest);
}

/// Of what came and went since the last time the client hears nothing.
void View::take_expunges(std::size_t end, Changes& changes) {
    auto now = expunged_places(*index_, known_);
    const auto is_told = [&](auto place) { return place < end && !is_gone(place); };
    for (auto place = now.rbegin(); place != now.rend(); ++place) {
        if (is_told(*place)) changes.expunged.push_back(sequence_at(*place));
    }
    for (const auto place : now) {
        if (is_told(place)) changes.vanished.push_back((*index_)[place].uid);
    }
    std::vector<std::uint32_t> gone;  // what was gone before has not come back: take_other_index()
    std::ranges::set_union(now, gone_, std::back_inserter(gone));
    gone_ = std::move(gone);
}

void View::find_changed(std::size_t end, Changes& changes) const {
    for (std::size_t place = 0; place < end; ++place) {
        const auto& record = (*index_)[place];
        if (record.modseq <= modseq_ || record.is_expunged() || is_gone(place) || is_own(record.modseq)) continue;
        changes.changed.push_back(sequence_at(place));
    }
}

/// The index was made anew: what the two have in common is told by the UIDs.
void View::take_other_index(const std::shared_ptr<IndexFile>& index, Changes& changes) {
    View old = std::move(*this);
    *this = View{index};
    const auto last = old.largest_uid();
    std::vector<std::uint32_t> differing;
    for (auto sequence = old.size(); sequence > 0; --sequence) {
        const auto& before = old.record(sequence);
        const auto now = index_->find(before.uid);
        if (!now) {
            changes.expunged.push_back(sequence);
            changes.vanished.push_back(before.uid);
        } else if (!same_flags(before, (*index_)[*now]) || (before.modseq > old.modseq_ && !old.is_own(before.modseq))) {
            differing.push_back(static_cast<std::uint32_t>(*now));
        }
    }
    std::ranges::reverse(changes.vanished);
    // What the client was told is gone does not come back in this session.
    for (std::uint32_t place = 0; place < known_ && (*index_)[place].uid <= last; ++place) {
        if (!is_gone(place) && !old.sequence_of((*index_)[place].uid)) gone_.insert(std::ranges::lower_bound(gone_, place), place);
    }
    changes.has_new = size() + changes.expunged.size() != old.size();
    for (auto place = differing.rbegin(); place != differing.rend(); ++place) changes.changed.push_back(sequence_at(*place));
}

}  // namespace mailpipe::store
