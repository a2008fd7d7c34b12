// SPDX-License-Identifier: ISC
// STORE (RFC 9051 section 6.4.6) with UNCHANGEDSINCE (RFC 7162 section 3.1.3).
#include "imap/grammar/store.hpp"

#include <fmt/format.h>

#include "imap/session/message_flags.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

store::FlagChange::How how(StoreRequest::Change change) {
    switch (change) {
        case StoreRequest::Change::add: return store::FlagChange::How::add;
        case StoreRequest::Change::remove: return store::FlagChange::How::remove;
        case StoreRequest::Change::replace: break;
    }
    return store::FlagChange::How::replace;
}

NumberSet numbers_of(Session& session, const std::vector<std::uint32_t>& uids, bool is_uid) {
    NumberSet numbers;
    for (const auto uid : uids) {
        const auto sequence = session.mailbox->view.sequence_of(uid);
        if (is_uid) numbers.add(uid);
        else if (sequence) numbers.add(*sequence);
    }
    return numbers;
}

enum class What { flags_and_modseq, modseq };

void tell(Session& session, std::uint32_t sequence, What what, const Command& command) {
    const bool with_flags = what == What::flags_and_modseq;
    const auto& record = record_now(session, session.mailbox->view.record(sequence));
    const bool with_modseq = session.has(Feature::condstore);
    if (!with_flags && !with_modseq) return;
    std::string out;
    begin_fetch(out, session, sequence, record.uid);
    std::string_view blank;
    if (tells_uids(session) || (command.is_uid && !session.has(Feature::uid_only))) {
        out.append("UID ").append(std::to_string(record.uid));
        blank = " ";
    }
    if (with_flags) {
        out.append(blank).append("FLAGS ");
        append_flags(out, session, record);
        blank = " ";
    }
    if (with_modseq) out.append(blank).append("MODSEQ (").append(std::to_string(told_modseq(session, record))).append(")");
    session.channel.write(out.append(")\r\n"));
}

}  // namespace

namespace verbs {

Result<Reply> store(Session& session, const Command& command) {
    const auto request = parse_store(command);
    if (!request) return bad(request.error());
    auto& mailbox = *session.mailbox;
    if (mailbox.is_read_only()) return no("READ-ONLY", "the mailbox was opened with EXAMINE");
    if (!request->flags.unknown.empty()) return bad("STORE: nobody may set " + request->flags.unknown.front());
    const auto chosen = sequences(session, request->messages, command.is_uid);
    if (!chosen) return bad("STORE: there is no such message");
    if (request->unchanged_since) imap::enable(session, Feature::condstore);
    const bool adds = request->change != StoreRequest::Change::remove;
    const auto before = mailbox.keywords;
    const auto flags = adds ? learn_flags(mailbox.folder.directory(), mailbox.keywords, request->flags.flags)
                            : known_flags(mailbox.keywords, request->flags.flags);
    if (!flags) return no(flags.error());
    if (mailbox.keywords != before) tell_flags(session);

    const auto stored = mailbox.folder.store(uids(session, *chosen), {how(request->change), flags->system, flags->keywords},
                                             request->unchanged_since, mailbox.view.modseq());
    if (!stored) return no(stored.error());
    for (const auto& turn : stored->turns) mailbox.view.told(turn.before, turn.modseq);
    const auto modified = numbers_of(session, stored->modified, command.is_uid);
    bool is_gone = false;
    for (const auto sequence : *chosen) {
        const auto& record = record_now(session, session.mailbox->view.record(sequence));
        is_gone = is_gone || record.is_expunged();
        const bool is_modified = modified.contains(command.is_uid ? record.uid : sequence);
        // What others have changed before is under our mod-sequence now: nobody else will tell it.
        const bool is_overtaken = std::ranges::binary_search(stored->overtook, record.uid);
        const bool with_flags = !request->is_silent || is_modified || is_overtaken;
        if (with_flags) tell(session, sequence, What::flags_and_modseq, command);
        else if (stored->has(record.modseq)) tell(session, sequence, What::modseq, command);
    }
    if (!modified.empty()) return ok(fmt::format("MODIFIED {}", to_string(modified)), "the others are stored");
    if (is_gone && !command.is_uid) return no("EXPUNGEISSUED", "some of the messages are gone");
    return ok("stored");
}

}  // namespace verbs

}  // namespace mailpipe::imap
