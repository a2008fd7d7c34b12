// SPDX-License-Identifier: ISC
// SORT of messages of the selected mailbox.
#pragma once

#include <span>

#include "imap/grammar/search.hpp"
#include "imap/verbs/progress.hpp"
#include "imap/verbs/searcher.hpp"

namespace mailpipe::imap {

/// Of `sequences`, those of messages that are still there in the order that `criteria` want. Where it can be done the index's
/// records decide, without a look at what else is kept.
Numbers sorted_sequences(Session& session, Searcher& searcher, const Numbers& sequences, std::span<const SortCriterion> criteria,
                         Progress& progress);

}  // namespace mailpipe::imap
