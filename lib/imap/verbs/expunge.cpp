// SPDX-License-Identifier: ISC
// EXPUNGE and UID EXPUNGE (RFC 9051 sections 6.4.3 and 6.4.9), and what goes with CLOSE.
#include "imap/grammar/copy.hpp"
#include "imap/verbs/announce.hpp"
#include "imap/verbs/deleted.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

std::vector<std::uint32_t> deleted(const Session& session) {
    const auto& view = session.mailbox->view;
    std::vector<std::uint32_t> found;
    for (std::uint32_t sequence = 1; sequence <= view.size(); ++sequence) {
        if ((view.record(sequence).flags & store::flag::deleted) != 0) found.push_back(sequence);
    }
    return found;
}

namespace verbs {

Result<Reply> expunge(Session& session, const Command& command) {
    if (session.mailbox->is_read_only()) return no("READ-ONLY", "the mailbox was opened with EXAMINE");
    auto chosen = deleted(session);
    if (command.is_uid) {
        const auto set = parse_uid_expunge(command);
        if (!set) return bad(set.error());
        const auto among = sequences(session, *set, /*is_uid=*/true).value_or(std::vector<std::uint32_t>{});
        std::erase_if(chosen, [&](auto sequence) { return !std::ranges::binary_search(among, sequence); });
    }
    const auto expunged = session.mailbox->folder.expunge(uids(session, chosen), store::IndexedFolder::Which::deleted);
    if (!expunged) return no(expunged.error());
    if (auto r = announce(session, store::Expunges::tell); !r) return failure(r.error());
    if (!session.has(Feature::condstore)) return ok("expunged");
    return ok("HIGHESTMODSEQ " + std::to_string(session.mailbox->view.told_up_to()), "expunged");
}

}  // namespace verbs

}  // namespace mailpipe::imap
