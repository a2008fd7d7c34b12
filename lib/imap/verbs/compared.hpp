// SPDX-License-Identifier: ISC
// Messages of the selected mailbox with what SORT and THREAD compare.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "imap/search/found.hpp"
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

}  // namespace mailpipe::imap
