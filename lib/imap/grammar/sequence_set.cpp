// SPDX-License-Identifier: ISC
#include "imap/grammar/sequence_set.hpp"

#include <algorithm>
#include <optional>

#include "base/number.hpp"
#include "text/cursor.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::uint32_t star = 0;  // no nz-number

std::optional<std::uint32_t> take_number_or_star(text::Cursor& cursor) {
    if (cursor.take('*')) return star;
    auto left = cursor.rest();
    const auto before = left.size();
    const auto number = take_number<std::uint32_t>(left);
    if (!number || *number == 0) return {};
    cursor.advance(before - left.size());
    return number;
}

/// With the star, where there is one, as its beginning.
std::optional<Range> take_range(text::Cursor& cursor) {
    const auto first = take_number_or_star(cursor);
    if (!first) return {};
    const auto last = cursor.take(':') ? take_number_or_star(cursor) : first;
    if (!last) return {};
    return Range{std::min(*first, *last), std::max(*first, *last)};
}

/// Joins what overlaps or touches. `ranges` are sorted by their beginnings.
void join(std::vector<Range>& ranges) {
    std::size_t kept = 0;
    for (std::size_t i = 1; i < ranges.size(); ++i) {
        auto& last = ranges[kept].last;
        if (last == UINT32_MAX || ranges[i].first <= last + 1) last = std::max(last, ranges[i].last);
        else ranges[++kept] = ranges[i];
    }
    if (!ranges.empty()) ranges.resize(kept + 1);
}

}  // namespace

NumberSet NumberSet::of(std::vector<Range> ranges) {
    NumberSet set;
    set.ranges_ = std::move(ranges);
    std::ranges::sort(set.ranges_, {}, &Range::first);
    join(set.ranges_);
    return set;
}

void NumberSet::add(Range range) {
    if (!ranges_.empty() && range.first <= ranges_.back().last) {
        ranges_.push_back(range);
        *this = of(std::move(ranges_));
    } else if (!ranges_.empty() && range.first == ranges_.back().last + 1) {
        ranges_.back().last = range.last;
    } else {
        ranges_.push_back(range);
    }
}

void NumberSet::add_up_to_star(std::uint32_t first) { star_from_ = has_star() ? std::min(star_from_, first) : first; }

bool NumberSet::contains(std::uint32_t number) const {
    const auto behind = std::ranges::upper_bound(ranges_, number, {}, &Range::first);
    return behind != ranges_.begin() && number <= std::prev(behind)->last;
}

std::uint64_t NumberSet::size() const {
    std::uint64_t size = 0;
    for (const auto& range : ranges_) size += std::uint64_t{range.last} - range.first + 1;
    return size;
}

NumberSet NumberSet::resolved(std::uint32_t largest) const {
    if (largest == 0) return {};
    NumberSet set;
    set.ranges_ = ranges_;
    if (has_star()) set.add({std::min(star_from_, largest), largest});
    return set;
}

NumberSet intersection(const NumberSet& a, const NumberSet& b) {
    NumberSet both;
    auto other = b.ranges().begin();
    for (auto one = a.ranges().begin(); one != a.ranges().end() && other != b.ranges().end();) {
        const Range common{std::max(one->first, other->first), std::min(one->last, other->last)};
        if (common.first <= common.last) both.add(common);
        if (one->last < other->last) ++one;
        else ++other;
    }
    return both;
}

Result<NumberSet> parse_sequence_set(std::string_view text) {
    text::Cursor cursor{text};
    std::vector<Range> ranges;
    std::optional<std::uint32_t> star_from;
    std::size_t count = 0;
    do {
        const auto range = take_range(cursor);
        if (!range) return failure({Fault::permanent, "not a set of numbers"});
        if (count++ == max_ranges) return failure({Fault::permanent, "more ranges than anybody needs"});
        if (range->first == star) star_from = std::min(star_from.value_or(UINT32_MAX), range->last == star ? UINT32_MAX : range->last);
        else ranges.push_back(*range);
    } while (cursor.take(','));
    if (!cursor.at_end()) return failure({Fault::permanent, "not a set of numbers"});
    auto set = NumberSet::of(std::move(ranges));
    if (star_from) set.add_up_to_star(*star_from);
    return set;
}

std::string to_string(const NumberSet& set) {
    std::string text;
    for (const auto& [first, last] : set.ranges()) {
        if (!text.empty()) text += ',';
        text += std::to_string(first);
        if (last != first) text.append(":").append(std::to_string(last));
    }
    if (!set.has_star()) return text;
    if (!text.empty()) text += ',';
    if (set.star_from() != UINT32_MAX) text.append(std::to_string(set.star_from())).append(":");
    return text += '*';
}

std::string ordered_set(std::span<const std::uint32_t> numbers) {
    std::string text;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        auto last = i;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
        text.append(text.empty() ? "" : ",").append(std::to_string(numbers[i]));
        if (last != i) text.append(":").append(std::to_string(numbers[last]));
        i = last;
    }
    return text;
}

}  // namespace mailpipe::imap
