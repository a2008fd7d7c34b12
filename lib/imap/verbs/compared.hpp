// SPDX-License-Identifier: ISC
// Messages of the selected mailbox with what SORT and THREAD compare.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "imap/search/found.hpp"
#include "imap/search/sort.hpp"
#include "imap/verbs/progress.hpp"
#include "imap/verbs/searcher.hpp"

namespace mailpipe::imap {

/// Messages that are gone, of which nothing is known, are left out.
struct Compared {
    Numbers sequences;
    std::vector<Found> found;
    std::deque<std::string> made;  ///< summaries that could not be kept
};

/// Adds one message; false for one that is gone.
bool compare(Compared& all, Session& session, Searcher& searcher, std::uint32_t sequence, bool is_uid);

/// `is_uid`: the numbers of those found are UIDs.
Compared compared(Session& session, Searcher& searcher, const Numbers& sequences, Progress& progress, bool is_uid);

/// Of `sequences`, those of messages that are still there in the order that `criteria` want. Where it can be done the index's
/// records decide, without a look at what else is kept.
Numbers sorted_sequences(Session& session, Searcher& searcher, const Numbers& sequences, std::span<const SortCriterion> criteria,
                         Progress& progress);

}  // namespace mailpipe::imap
