// SPDX-License-Identifier: ISC
// SORT: RFC 5256 section 3, with SORT=DISPLAY (RFC 5957).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imap/search/found.hpp"

namespace mailpipe::imap {

struct SortCriterion {
    enum class Kind : std::uint8_t { arrival, cc, date, from, size, subject, to, display_from, display_to };
    Kind kind;
    bool is_reversed = false;

    bool operator==(const SortCriterion&) const = default;
};

/// A sort program may not have more of them than this; a kind counts where it comes first.
constexpr std::size_t max_sort_criteria = 100;

/// Places in `messages`, in their order; `messages` come in the mailbox's, which decides where all else is equal. Time: n log n
/// comparisons of numbers, and the keys' octets, however long they are alike.
std::vector<std::uint32_t> sorted(std::span<const Found> messages, std::span<const SortCriterion> criteria);

}  // namespace mailpipe::imap
