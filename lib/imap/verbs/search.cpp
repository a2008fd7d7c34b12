// SPDX-License-Identifier: ISC
// SEARCH (RFC 9051 section 6.4.4).
#include "imap/grammar/search.hpp"

#include "imap/verbs/search_answer.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

Result<Reply> verbs::search(Session& session, const Command& command) {
    const auto request = parse_search(command);
    if (!request) return bad(request.error());
    if (const auto refused = refuse_search(session, *request)) return *refused;
    Progress progress{session, command.tag};
    SearchAnswer{session, command, *request}.tell(Searcher{session, request->program}.run(progress), "SEARCH");
    return ok("searched");
}

}  // namespace mailpipe::imap
