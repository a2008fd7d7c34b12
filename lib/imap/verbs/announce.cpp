// SPDX-License-Identifier: ISC
#include "imap/verbs/announce.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "imap/verbs/contexts.hpp"
#include "imap/verbs/fetcher.hpp"

namespace mailpipe::imap {

namespace {

void tell_expunges(Session& session, const store::View::Changes& changes) {
    if (changes.vanished.empty()) return;
    if (session.has(Feature::qresync) || session.has(Feature::uid_only)) {
        NumberSet gone;
        for (const auto uid : changes.vanished) gone.add(uid);
        session.channel.write(fmt::format("* VANISHED {}\r\n", to_string(gone)));
        return;
    }
    for (const auto sequence : changes.expunged) session.channel.write(fmt::format("* {} EXPUNGE\r\n", sequence));
}

void tell_new(Session& session) {
    claim_recent(session);
    session.channel.write(fmt::format("* {} EXISTS\r\n", session.mailbox->view.size()));
    if (!session.has(Feature::imap4rev2)) session.channel.write(fmt::format("* {} RECENT\r\n", count_recent(session)));
}

/// What the client has asked for of new messages, by NOTIFY and in contexts, in one FETCH for each. Nothing of those that it has
/// stored itself (RFC 5465 section 5.2).
void fetch_new(Session& session, std::uint32_t first_new, const ContextFetches& of_contexts) {
    if (session.events.items.empty() && of_contexts.empty()) return;
    const auto& view = session.mailbox->view;
    for (auto sequence = first_new; sequence <= view.size(); ++sequence) {
        FetchRequest request;
        request.items = session.events.items;
        if (const auto more = of_contexts.find(view.record(sequence).uid); more != of_contexts.end()) {
            std::ranges::copy_if(more->second, std::back_inserter(request.items), [&](const auto& item) {
                return std::ranges::find(request.items, item) == request.items.end();
            });
        }
        if (request.items.empty() || session.mailbox->made.contains(view.record(sequence).uid)) continue;
        Fetcher fetcher{session, request};
        fetcher.fetch(sequence);
        fetcher.finish();
    }
}

/// Contexts and NOTIFY want different orders: RFC 5465 sections 5.2 and 7.
void tell_contexts(Session& session, std::uint32_t first_new) {
    auto updates = update_contexts(session, first_new);
    const bool is_fetch_last = !session.events.items.empty();
    if (is_fetch_last) session.channel.write(updates.text);
    fetch_new(session, first_new, updates.fetches);
    if (!is_fetch_last) session.channel.write(updates.text);
    session.mailbox->made = {};
}

/// What the client knows less of than mod-sequences that it was told make it believe.
void tell_modseq(Session& session) {
    if (!session.has(Feature::condstore)) return;
    session.channel.write(fmt::format("* OK [HIGHESTMODSEQ {}] more is to be told\r\n", session.mailbox->view.told_up_to()));
}

}  // namespace

Result<void> announce(Session& session, store::Expunges expunges, store::Look look) {
    if (has_lost_index(session)) return {};
    auto& mailbox = *session.mailbox;
    const auto validity = mailbox.folder.uid_validity();
    if (auto r = mailbox.folder.refresh(mailbox.access, look); !r) {  // a lock, a full disk: the next time
        tell_modseq(session);
        return {};
    }
    if (mailbox.folder.uid_validity() != validity) {
        session.bye = "the mailbox has got another UIDVALIDITY";
        session.stage = over;
        return {};
    }
    const auto before = mailbox.view.size();
    const auto changes = mailbox.view.catch_up(mailbox.folder.index(), expunges);
    tell_context_removals(session, changes);  // as long as the numbers hold: RFC 5267 section 4.3.4
    tell_expunges(session, changes);
    if (changes.has_new) tell_new(session);
    const auto kept = before - static_cast<std::uint32_t>(changes.expunged.size());
    const auto first_new = changes.has_new ? kept + 1 : mailbox.view.size() + 1;
    tell_new_keywords(session, changes.changed, first_new);
    if (session.events.flags) {
        for (const auto sequence : changes.changed) tell_message_flags(session, sequence);
    }
    tell_contexts(session, first_new);
    if (mailbox.view.told_up_to() < mailbox.view.modseq()) tell_modseq(session);
    return {};
}

Result<void> announce_if_wanted(Session& session, store::Expunges expunges) {
    if (session.events.messages) return announce(session, expunges);
    auto& mailbox = *session.mailbox;
    const auto& index = mailbox.folder.index();
    if (index.get() != &mailbox.view.index()) mailbox.view.follow(*index);  // what is asked for is true all the same
    return {};
}

}  // namespace mailpipe::imap
