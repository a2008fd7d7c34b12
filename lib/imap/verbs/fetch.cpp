// SPDX-License-Identifier: ISC
// FETCH (RFC 9051 section 6.4.5), with the items of RFC 3516, 7162, 8474, 8514 and 8970, and PARTIAL of RFC 9394.
#include "imap/grammar/fetch.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "imap/verbs/fetcher.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

/// UID FETCH … (CHANGEDSINCE … VANISHED): RFC 7162 section 3.2.6.
void tell_vanished(Session& session, const FetchRequest& request) {
    const auto& mailbox = *session.mailbox;
    const auto wanted = request.messages.is_saved ? session.saved : request.messages.numbers.resolved(mailbox.view.next_uid() - 1);
    const auto known = vanished_since(mailbox, *request.changed_since);
    const auto gone = intersection(known ? *known : all_gone(mailbox.view, 1), wanted);
    if (!gone.empty()) session.channel.write(fmt::format("* VANISHED (EARLIER) {}\r\n", to_string(gone)));
}

}  // namespace

namespace verbs {

Result<Reply> fetch(Session& session, const Command& command) {
    const auto request = parse_fetch(command);
    if (!request) return bad(request.error());
    auto chosen = sequences(session, request->messages, command.is_uid);
    if (!chosen) return bad("FETCH: there is no such message");
    if (request->changed_since || std::ranges::find(request->items, FetchItem::Kind::mod_seq, &FetchItem::kind) != request->items.end()) {
        imap::enable(session, Feature::condstore);
    }
    if (request->vanished && !session.has(Feature::qresync)) return bad("FETCH: VANISHED needs ENABLE QRESYNC");
    if (request->partial) *chosen = page(*chosen, *request->partial);  // of those that there are: RFC 9394 section 3.3
    if (request->vanished) tell_vanished(session, *request);
    if (request->changed_since) {  // before any of them is \Seen, which is a change
        std::erase_if(*chosen, [&](auto sequence) { return session.mailbox->view.record(sequence).modseq <= *request->changed_since; });
    }
    Fetcher fetcher{session, *request};
    fetcher.mark_seen(*chosen);
    for (const auto sequence : *chosen) fetcher.fetch(sequence);
    fetcher.finish();
    if (fetcher.has_unknown_encoding()) return no("UNKNOWN-CTE", "an encoding that is not known here");
    if (fetcher.is_any_gone()) return command.is_uid ? ok("those that are there") : no("EXPUNGEISSUED", "some of the messages are gone");
    return ok("fetched");
}

}  // namespace verbs

}  // namespace mailpipe::imap
