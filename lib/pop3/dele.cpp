// SPDX-License-Identifier: ISC
// DELE, RSET, NOOP and QUIT (RFC 1939 sections 5 and 6).
#include "pop3/messages.hpp"
#include "pop3/verbs.hpp"

namespace mailpipe::pop3::verbs {

Result<void> dele(Session& session, std::string_view arguments) {
    const auto index = find_message(session, arguments);
    if (!index) return {};
    session.maildrop->marks(*index).deleted = true;
    ok(session, Text::marked_deleted);
    return {};
}

Result<void> rset(Session& session, std::string_view) {
    for (std::size_t i = 0; i < session.maildrop->size(); ++i) session.maildrop->marks(i).deleted = false;
    ok(session, Text::marks_removed);
    return {};
}

Result<void> noop(Session& session, std::string_view) {
    ok(session, Text::nothing_done);
    return {};
}

/// After the login: the UPDATE state.
Result<void> quit(Session& session, std::string_view) {
    session.end = "quit";
    session.stage = over;
    if (!session.maildrop) {
        ok(session, Text::goodbye);
        return {};
    }
    auto& maildrop = *session.maildrop;
    const bool expires_at_once = session.settings.expire_days == 0U;  // an implicit DELE: RFC 2449 section 6.7
    for (std::size_t i = 0; expires_at_once && i < maildrop.size(); ++i) {
        if (maildrop.marks(i).retrieved) maildrop.marks(i).deleted = true;
    }
    const auto removed = maildrop.remove_deleted(session.user->name);
    maildrop.settle(session.settings.mark_seen ? "S" : "");
    session.deleted = removed.messages;
    if (removed.failed == 0) {
        ok(session, Text::goodbye);
    } else {
        err(session, "SYS/TEMP", Text::not_all_deleted);
    }
    return {};
}

}  // namespace mailpipe::pop3::verbs
