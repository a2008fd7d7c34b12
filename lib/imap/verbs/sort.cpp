// SPDX-License-Identifier: ISC
// SORT and THREAD (RFC 5256), with the answers of RFC 5267.

#include <fmt/format.h>
#include "imap/search/thread.hpp"
#include "imap/verbs/compared.hpp"
#include "imap/verbs/contexts.hpp"
#include "imap/verbs/search_answer.hpp"
#include "imap/verbs/sorted_sequences.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

ThreadAlgorithm algorithm(ThreadRequest::Algorithm asked) {
    switch (asked) {
        case ThreadRequest::Algorithm::ordered_subject: return ThreadAlgorithm::ordered_subject;
        case ThreadRequest::Algorithm::refs: return ThreadAlgorithm::refs;
        case ThreadRequest::Algorithm::references: break;
    }
    return ThreadAlgorithm::references;
}

}  // namespace

namespace verbs {

Result<Reply> sort(Session& session, const Command& command) {
    const auto request = parse_sort(command);
    if (!request) return bad(request.error());
    if (const auto refused = refuse_search(session, request->search)) return *refused;
    if (const auto refused = refuse_update(session, command, request->search.wanted)) return *refused;
    Progress progress{session, command.tag};
    Searcher searcher{session, request->search.program};
    const auto found = sorted_sequences(session, searcher, searcher.run(progress), request->criteria, progress);
    SearchAnswer{session, command, request->search}.tell(found, "SORT");
    keep_context(session, command, request->search, found, &request->criteria);
    return ok("sorted");
}

Result<Reply> thread(Session& session, const Command& command) {
    const auto request = parse_thread(command);
    if (!request) return bad(request.error());
    if (const auto refused = refuse_search(session, request->search)) return *refused;
    Progress progress{session, command.tag};
    Searcher searcher{session, request->search.program};
    const auto all = compared(session, searcher, searcher.run(progress), progress, command.is_uid);
    const auto text = threads(all.found, algorithm(request->algorithm));
    session.channel.write(fmt::format("* THREAD{}{}\r\n", text.empty() ? "" : " ", text));
    return ok("threaded");
}

}  // namespace verbs

}  // namespace mailpipe::imap
