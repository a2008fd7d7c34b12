// SPDX-License-Identifier: ISC
// SEARCH (RFC 9051 section 6.4.4).
#include "imap/grammar/search.hpp"

#include "imap/verbs/contexts.hpp"
#include "imap/verbs/search_answer.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

Result<Reply> verbs::search(Session& session, const Command& command) {
    const auto request = parse_search(command);
    if (!request) return bad(request.error());
    if (const auto refused = refuse_search(session, *request)) return *refused;
    if (const auto refused = refuse_update(session, command, request->wanted)) return *refused;
    Progress progress{session, command.tag};
    const auto found = Searcher{session, request->program}.run(progress);
    SearchAnswer{session, command, *request}.tell(found, "SEARCH");
    keep_context(session, command, *request, found);
    return ok("searched");
}

}  // namespace mailpipe::imap
