// SPDX-License-Identifier: ISC
// CREATE, DELETE, RENAME, SUBSCRIBE and UNSUBSCRIBE (RFC 9051 sections 6.3.4 to 6.3.8), with USE (RFC 6154 section 3).
#include "imap/grammar/mailbox.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "imap/verbs/notifier.hpp"
#include "imap/verbs/verbs.hpp"
#include "store/index/index_directory.hpp"
#include "store/tree/special_use.hpp"
#include "store/tree/subscriptions.hpp"

namespace mailpipe::imap::verbs {

namespace {

/// A new folder with no use is better than one that another use of a name has been refused for.
Result<void> give_uses(const store::Tree& tree, const std::string& name, const std::vector<std::string>& uses) {
    if (uses.empty()) return {};
    auto given = store::set_special_uses(tree.root(), tree.rules(), name, uses);
    if (!given) (void)tree.remove(name);
    return given;
}

/// The one name that most of these commands have; or the reply.
tl::expected<std::string, Reply> one_name(Session& session, const Command& command) {
    const auto sent = parse_mailbox(command, session.utf8());
    if (!sent) return tl::unexpected(bad(sent.error()));
    auto name = canonical_name(session, *sent);
    if (!name) return tl::unexpected(no(name.error()));
    return *name;
}

/// NOTIFY tells of what others do.
void note_own(const Session& session, std::string_view name) {
    if (session.notifier) session.notifier->learn_name(session, name);
}

}  // namespace

Result<Reply> create(Session& session, const Command& command) {
    const auto request = parse_create(command, session.utf8());
    if (!request) return bad(request.error());
    const auto name = canonical_name(session, request->mailbox);
    if (!name) return no(name.error());
    const bool is_known = std::ranges::all_of(request->uses, [](const auto& use) { return !store::special_use(use).empty(); });
    if (!is_known) return no("USEATTR", "no mailbox can be for that here");
    const auto& tree = session.mail->tree;
    if (auto r = tree.create(*name, session.world.clock); !r) return no(r.error());
    if (auto r = give_uses(tree, *name, request->uses); !r) return no("USEATTR", r.error().what);
    note_own(session, *name);
    const auto folder = open_folder(session, *name, store::Access::examine);
    if (!folder || !offers(session, "OBJECTID")) return ok("created");
    return ok(fmt::format("MAILBOXID ({})", mailbox_id(folder->index()->header())), "created");
}

Result<Reply> delete_mailbox(Session& session, const Command& command) {
    const auto name = one_name(session, command);
    if (!name) return name.error();
    const auto& mail = *session.mail;
    const auto directory = mail.tree.find(*name);
    if (auto r = mail.tree.remove(*name); !r) return no(r.error());
    if (directory) store::forget_index(mail.home.index, *directory);
    note_own(session, *name);
    if (session.mailbox && session.mailbox->name == *name) {
        session.leave_mailbox();
        session.channel.write("* OK [CLOSED] it was this mailbox\r\n");
    }
    return ok("deleted");
}

Result<Reply> rename(Session& session, const Command& command) {
    const auto request = parse_rename(command, session.utf8());
    if (!request) return bad(request.error());
    const auto from = canonical_name(session, request->from);
    if (!from) return no(from.error());
    const auto to = canonical_name(session, request->to);
    if (!to) return no(to.error());
    const auto& tree = session.mail->tree;
    const auto moves = tree.rename(*from, *to, session.world.clock);
    if (!moves) return no(moves.error());
    for (const auto& move : *moves) store::move_index(session.mail->home.index, move.from, move.to);
    const bool is_moved = session.mailbox && !store::is_inbox(*from) &&
                          (session.mailbox->name == *from || store::is_below(session.mailbox->name, *from, tree.rules()));
    if (is_moved) session.mailbox->name.replace(0, from->size(), *to);
    if (session.notifier) session.notifier->learn_rename(session, *from, *to);
    return ok("renamed");
}

Result<Reply> subscribe(Session& session, const Command& command) {
    const auto name = one_name(session, command);
    if (!name) return name.error();
    const auto& tree = session.mail->tree;
    if (auto r = store::subscribe(tree.root(), tree.rules(), *name); !r) return no(r.error());
    note_own(session, *name);
    return ok("subscribed");
}

Result<Reply> unsubscribe(Session& session, const Command& command) {
    const auto name = one_name(session, command);
    if (!name) return name.error();
    const auto& tree = session.mail->tree;
    if (auto r = store::unsubscribe(tree.root(), tree.rules(), *name); !r) return no(r.error());
    note_own(session, *name);
    return ok("unsubscribed");
}

}  // namespace mailpipe::imap::verbs
