// SPDX-License-Identifier: ISC
// A search that goes on after its command: CONTEXT of RFC 5267.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/grammar/search.hpp"

namespace mailpipe::imap {

struct SearchContext {
    std::string tag;                       ///< of the command
    bool is_uid;                           ///< UIDs are told, not message sequence numbers
    bool names_mailbox;                    ///< what is told names the mailbox: ESEARCH of RFC 7377
    SearchProgram program;                 ///< without message sequence numbers and "$": UIDs stand there
    bool is_sorted;
    std::vector<SortCriterion> criteria;
    std::vector<FetchItem> items;          ///< of messages that come into it: RFC 5465 section 7
    std::vector<std::uint32_t> uids;       ///< what the client knows as the result, in its order
};

/// Those of the selected mailbox.
struct SearchContexts {
    std::vector<SearchContext> all{};
    std::uint64_t modseq = 0;  ///< up to which the client was told of changes
};

/// In a mailbox, as long as it is selected.
constexpr std::size_t max_search_contexts = 16;

}  // namespace mailpipe::imap
