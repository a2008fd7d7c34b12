// SPDX-License-Identifier: ISC
// sequence-set and uid-set: message numbers in ranges (RFC 9051 section 9).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::imap {

/// Both ends belong to it; `first` <= `last`, neither is 0.
struct Range {
    std::uint32_t first;
    std::uint32_t last;

    bool operator==(const Range&) const = default;
};

/// Ascending, without overlaps, without neighbours that could be one: what bounds its memory is what was asked for, not
/// the mailbox.
class NumberSet {
public:
    static NumberSet of(std::vector<Range> ranges);
    /// Adds one number or a range. In ascending order that costs nothing, else as much as the set is large.
    void add(std::uint32_t number) { add({number, number}); }
    void add(Range range);
    /// "first:*" of a sequence-set, which always includes the largest number in use; so "*" is that of UINT32_MAX.
    void add_up_to_star(std::uint32_t first = UINT32_MAX);
    bool has_star() const { return star_from_ != 0; }
    std::uint32_t star_from() const { return star_from_; }  ///< precondition: has_star()

    bool empty() const { return ranges_.empty() && !has_star(); }
    /// These know nothing of "*": see resolved().
    bool contains(std::uint32_t number) const;
    std::uint64_t size() const;  ///< how many numbers are in it
    const std::vector<Range>& ranges() const& { return ranges_; }
    std::vector<Range> ranges() && { return std::move(ranges_); }  // so that a loop may go over those of a temporary set
    /// With `largest` in the place of "*"; `largest` is in it then even where "559:*" begins behind it. Where there is no
    /// message at all, the set is empty.
    NumberSet resolved(std::uint32_t largest) const;

    bool operator==(const NumberSet&) const = default;

private:
    std::vector<Range> ranges_;
    std::uint32_t star_from_ = 0;  // the least "first" of "first:*"; 0, which is no number: there is no "*"
};

/// What is in both.
NumberSet intersection(const NumberSet& a, const NumberSet& b);

/// "2,4:7,9,12:*", no more than max_ranges in it. `*:4` is `4:*`. Errors: permanent, for BAD; 0 is one of them.
Result<NumberSet> parse_sequence_set(std::string_view text);
constexpr std::size_t max_ranges = 100'000;

/// sequence-set where "$" may stand for what the last SEARCH saved (RFC 9051 section 6.4.4.1).
struct MessageSet {
    bool is_saved = false;  ///< "$"; `numbers` is empty then
    NumberSet numbers{};

    bool operator==(const MessageSet&) const = default;
};

/// "1:3,5,7:*"; nothing for an empty set.
std::string to_string(const NumberSet& set);
/// "3,1,5:7": numbers in the order that SORT gave them. Ranges ascend (RFC 5267 section 3.2).
std::string ordered_set(std::span<const std::uint32_t> numbers);

}  // namespace mailpipe::imap
