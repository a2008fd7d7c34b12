// SPDX-License-Identifier: ISC
// SORT: RFC 5256 section 3, with SORT=DISPLAY (RFC 5957).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "imap/grammar/search.hpp"
#include "imap/search/found.hpp"

namespace mailpipe::imap {

/// Places in `messages`, in their order; of two criteria with one key the first counts; `messages` come in the mailbox's, which decides where all else is equal. Time: n log n
/// comparisons of numbers, and the keys' octets, however long they are alike.
std::vector<std::uint32_t> sorted(std::span<const Found> messages, std::span<const SortCriterion> criteria);

}  // namespace mailpipe::imap
