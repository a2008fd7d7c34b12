// SPDX-License-Identifier: ISC
// SORT and THREAD (RFC 5256), with the answers of RFC 5267.
#include "imap/search/sort.hpp"

#include <fmt/format.h>

#include "imap/search/thread.hpp"
#include "imap/verbs/compared.hpp"
#include "imap/verbs/contexts.hpp"
#include "imap/verbs/search_answer.hpp"
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

Compared search_and_compare(Session& session, const Command& command, const SearchProgram& program) {
    Progress progress{session, command.tag};
    Searcher searcher{session, program};
    const auto found = searcher.run(progress);
    return compared(session, searcher, found, progress, command.is_uid);
}

}  // namespace

namespace verbs {

Result<Reply> sort(Session& session, const Command& command) {
    const auto request = parse_sort(command);
    if (!request) return bad(request.error());
    if (const auto refused = refuse_search(session, request->search)) return *refused;
    if (const auto refused = refuse_update(session, command, request->search.wanted)) return *refused;
    const auto all = search_and_compare(session, command, request->search.program);
    Numbers found;
    for (const auto place : sorted(all.found, request->criteria)) found.push_back(all.sequences[place]);
    SearchAnswer{session, command, request->search}.tell(found, "SORT");
    keep_context(session, command, request->search, found, &request->criteria);
    return ok("sorted");
}

Result<Reply> thread(Session& session, const Command& command) {
    const auto request = parse_thread(command);
    if (!request) return bad(request.error());
    if (const auto refused = refuse_search(session, request->search)) return *refused;
    const auto all = search_and_compare(session, command, request->search.program);
    const auto text = threads(all.found, algorithm(request->algorithm));
    session.channel.write(fmt::format("* THREAD{}{}\r\n", text.empty() ? "" : " ", text));
    return ok("threaded");
}

}  // namespace verbs

}  // namespace mailpipe::imap
