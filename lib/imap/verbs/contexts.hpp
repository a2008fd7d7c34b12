// SPDX-License-Identifier: ISC
// Searches that go on: UPDATE of SEARCH and SORT, with ADDTO and REMOVEFROM (RFC 5267 section 4.3).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "imap/session/reply.hpp"
#include "imap/session/session.hpp"
#include "imap/verbs/searcher.hpp"

namespace mailpipe::imap {

/// BAD where the command wants updates, and its tag is that of a context, or they are not offered.
std::optional<Reply> refuse_update(const Session& session, const Command& command, const SearchReturn& wanted);

/// NOUPDATE (RFC 5267 section 4.3.1): there will be none for this command.
void tell_no_update(Session& session, const Command& command, std::string_view why);

/// Where the command wants updates: goes on with what it has found, sequence numbers in their order; or says NOUPDATE, when
/// there are max_search_contexts already.
void keep_context(Session& session, const Command& command, const SearchRequest& request, const Numbers& found,
                  const std::vector<SortCriterion>* criteria = nullptr);

/// REMOVEFROM of messages whose expunge the client is told next.
void tell_context_removals(Session& session, const store::View::Changes& changes);

/// By UID: what contexts want to be fetched of a message that has come into them.
using ContextFetches = std::map<std::uint32_t, std::vector<FetchItem>>;
struct ContextUpdates {
    std::string text{};  ///< ESEARCH responses
    ContextFetches fetches{};
};
/// What new messages, from the sequence number `first_new` on, and changes of others do to the contexts. The client's own
/// changes count, too.
ContextUpdates update_contexts(Session& session, std::uint32_t first_new);

}  // namespace mailpipe::imap
