// SPDX-License-Identifier: ISC
// SELECT, EXAMINE, CLOSE and UNSELECT (RFC 9051 sections 6.3.2, 6.3.3, 6.4.1 and 6.4.2), with QRESYNC (RFC 7162 section 3.2.5).
#include "imap/grammar/select.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "imap/grammar/mailbox_name.hpp"
#include "imap/verbs/deleted.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

std::optional<std::uint32_t> first_unseen(const store::View& view) {
    for (std::uint32_t sequence = 1; sequence <= view.size(); ++sequence) {
        if ((view.record(sequence).flags & store::flag::seen) == 0) return sequence;
    }
    return {};
}

void tell_mailbox(Session& session) {
    const auto& mailbox = *session.mailbox;
    const auto& header = mailbox.folder.index()->header();
    tell_flags(session);
    std::string out = fmt::format("* {} EXISTS\r\n", mailbox.view.size());
    if (session.has(Feature::imap4rev2)) {
        out += fmt::format("* LIST () \"{}\" ", session.settings.names.separator);
        append_mailbox(out, mailbox.name, session.utf8());
        out += "\r\n";
    } else {
        out += fmt::format("* {} RECENT\r\n", count_recent(session));
        const auto unseen = session.has(Feature::uid_only) ? std::nullopt : first_unseen(mailbox.view);
        if (unseen) out += fmt::format("* OK [UNSEEN {}] first unseen\r\n", *unseen);
    }
    out += fmt::format("* OK [UIDVALIDITY {}] UIDs are valid\r\n", header.uid_validity);
    out += fmt::format("* OK [UIDNEXT {}] predicted next UID\r\n", mailbox.view.next_uid());
    if (offers(session, "CONDSTORE")) out += fmt::format("* OK [HIGHESTMODSEQ {}] highest\r\n", mailbox.view.modseq());
    if (offers(session, "OBJECTID")) out += fmt::format("* OK [MAILBOXID ({})] id\r\n", mailbox_id(header));
    session.channel.write(out);
}

/// Up to which UID the client has noticed every expunge, by the numbers that it has for some messages.
std::uint32_t agreed_uid(const store::View& view, const Resync& resync) {
    std::uint32_t agreed = 0;
    std::vector<std::uint32_t> sequences;
    for (const auto& [first, last] : resync.match_sequence.ranges()) {
        for (std::uint64_t i = first; i <= last && i <= view.size(); ++i) sequences.push_back(static_cast<std::uint32_t>(i));
    }
    std::size_t i = 0;
    for (const auto& [first, last] : resync.match_uids.ranges()) {
        for (std::uint64_t uid = first; uid <= last && i < sequences.size(); ++uid, ++i) {
            if (view.record(sequences[i]).uid != uid) return agreed;
            agreed = static_cast<std::uint32_t>(uid);
        }
    }
    return agreed;
}

/// It was told by another server, or by a host with another clock: it says nothing of what the client knows.
bool is_strange(std::uint64_t mod_seq, const store::View& view) { return mod_seq > view.modseq(); }

NumberSet gone_since(const Session& session, const Resync& resync) {
    const auto& mailbox = *session.mailbox;
    const auto known = is_strange(resync.mod_seq, mailbox.view) ? std::nullopt : vanished_since(mailbox, resync.mod_seq);
    const auto agreed = known ? 0 : agreed_uid(mailbox.view, resync);
    const auto gone = known ? *known : all_gone(mailbox.view, agreed + 1);
    return resync.known_uids ? intersection(gone, *resync.known_uids) : gone;
}

void tell_changes_since(Session& session, const Resync& resync) {
    const auto& view = session.mailbox->view;
    const auto gone = gone_since(session, resync);
    if (!gone.empty()) session.channel.write(fmt::format("* VANISHED (EARLIER) {}\r\n", to_string(gone)));
    for (std::uint32_t sequence = 1; sequence <= view.size(); ++sequence) {
        const auto& record = view.record(sequence);
        if (record.modseq <= resync.mod_seq && !is_strange(resync.mod_seq, view)) continue;
        if (resync.known_uids && !resync.known_uids->contains(record.uid)) continue;
        tell_message_flags(session, sequence);
    }
}

Result<Reply> open(Session& session, const Command& command, store::Access access) {
    const auto request = parse_select(command, session.utf8());
    if (!request) return bad(request.error());
    if (request->resync && !session.has(Feature::qresync)) return bad("QRESYNC was not enabled");
    if (request->resync && !request->resync->match_sequence.empty() && session.has(Feature::uid_only)) {
        return bad("UIDREQUIRED", "UIDONLY is enabled: no message numbers");
    }
    if (session.mailbox) {
        session.leave_mailbox();
        session.channel.write("* OK [CLOSED] the other mailbox is closed\r\n");
    }
    auto name = canonical_name(session, request->mailbox);
    if (!name) return no(name.error());
    auto folder = open_folder(session, *name, access);
    if (!folder) return no(folder.error());
    if (request->condstore) enable(session, Feature::condstore);
    auto keywords = store::read_keywords(folder->directory());
    store::View view{folder->index()};
    session.mailbox.emplace(Selected{std::move(*name), std::move(*folder), std::move(view), access});
    if (keywords) session.mailbox->keywords = std::move(*keywords);
    session.stage = selected;
    claim_recent(session);
    tell_mailbox(session);
    const bool is_same = request->resync && request->resync->uid_validity == session.mailbox->folder.uid_validity();
    if (is_same) tell_changes_since(session, *request->resync);
    return access == store::Access::examine ? ok("READ-ONLY", "opened") : ok("READ-WRITE", "opened");
}

}  // namespace

namespace verbs {

Result<Reply> select(Session& session, const Command& command) { return open(session, command, store::Access::select); }
Result<Reply> examine(Session& session, const Command& command) { return open(session, command, store::Access::examine); }

Result<Reply> close(Session& session, const Command&) {
    if (!session.mailbox->is_read_only()) {
        auto expunged = session.mailbox->folder.expunge(uids(session, deleted(session)), store::IndexedFolder::Which::deleted);
        // There is no NO for it (RFC 9051 section 6.4.1). What could not be expunged is there, and marked, the next time.
        if (!expunged) log_trouble(session, expunged.error());
    }
    session.leave_mailbox();
    return ok("closed");
}

Result<Reply> unselect(Session& session, const Command&) {
    session.leave_mailbox();
    return ok("closed");
}

}  // namespace verbs

}  // namespace mailpipe::imap
