// SPDX-License-Identifier: ISC
#include "imap/dispatch.hpp"

#include <algorithm>

#include "imap/grammar/words.hpp"
#include "imap/session/command_reader.hpp"
#include "imap/session/reply.hpp"
#include "imap/verbs/announce.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

constexpr unsigned any = not_authenticated | authenticated | selected;
constexpr unsigned logged_in = authenticated | selected;

/// How a command is read and what may be told at its end.
enum How : unsigned {
    plain = 0,
    has_uid = 1,        ///< there is a UID form of it, in which expunges may be told
    keeps_back = 2,     ///< no EXPUNGE while it runs without UID: RFC 9051 section 7.5.1
    reads_itself = 4,   ///< its literals are messages
    by_number = 8,      ///< without UID it speaks of message sequence numbers
    opens = 16,         ///< what it tells is the mailbox at one moment: what has come since is for the next command
    no_arguments = 32,  ///< nothing may stand behind it, but behind its UID form
};

struct Row {
    std::string_view name;
    verbs::Verb* run;
    unsigned stages;
    unsigned how = plain;
};
constexpr Row rows[] = {
    {"FETCH", verbs::fetch, selected, has_uid | keeps_back | by_number},
    {"STORE", verbs::store, selected, has_uid | keeps_back | by_number},
    {"SEARCH", verbs::search, selected, has_uid | keeps_back | by_number},
    {"SORT", verbs::sort, selected, has_uid | keeps_back | by_number},
    {"THREAD", verbs::thread, selected, has_uid | keeps_back | by_number},
    {"ESEARCH", verbs::esearch, logged_in},
    {"CANCELUPDATE", verbs::cancel_update, selected},
    {"COPY", verbs::copy, selected, has_uid | by_number},
    {"MOVE", verbs::move, selected, has_uid | by_number},
    {"EXPUNGE", verbs::expunge, selected, has_uid | no_arguments},
    {"NOOP", verbs::noop, any, no_arguments},
    {"CHECK", verbs::noop, selected, no_arguments},
    {"IDLE", verbs::idle, logged_in, no_arguments},
    {"NOTIFY", verbs::notify, logged_in},
    {"SELECT", verbs::select, logged_in, opens},
    {"EXAMINE", verbs::examine, logged_in, opens},
    {"CLOSE", verbs::close, selected, no_arguments},
    {"UNSELECT", verbs::unselect, selected, no_arguments},
    {"STATUS", verbs::status, logged_in},
    {"LIST", verbs::list, logged_in},
    {"LSUB", verbs::lsub, logged_in},
    {"NAMESPACE", verbs::namespace_, logged_in, no_arguments},
    {"APPEND", verbs::append, logged_in, reads_itself},
    {"REPLACE", verbs::replace, selected, reads_itself | has_uid | by_number},
    {"CREATE", verbs::create, logged_in},
    {"DELETE", verbs::delete_mailbox, logged_in},
    {"RENAME", verbs::rename, logged_in},
    {"SUBSCRIBE", verbs::subscribe, logged_in},
    {"UNSUBSCRIBE", verbs::unsubscribe, logged_in},
    {"GETQUOTA", verbs::get_quota, logged_in},
    {"GETQUOTAROOT", verbs::get_quota_root, logged_in},
    {"SETQUOTA", verbs::set_quota, logged_in},
    {"GETMETADATA", verbs::get_metadata, logged_in},
    {"SETMETADATA", verbs::set_metadata, logged_in},
    {"ENABLE", verbs::enable, logged_in},
    {"COMPRESS", verbs::compress, logged_in},
    {"ID", verbs::id, any},
    {"CAPABILITY", verbs::capability, any, no_arguments},
    {"LOGIN", verbs::login, not_authenticated},
    {"AUTHENTICATE", verbs::authenticate, not_authenticated},
    {"STARTTLS", verbs::starttls, not_authenticated, no_arguments},
    {"UNAUTHENTICATE", verbs::unauthenticate, logged_in, no_arguments},
    {"LOGOUT", verbs::logout, any, no_arguments},
};

Reply bad_command(Session& session, std::string_view text) {
    if (session.stage == not_authenticated && ++session.bad_commands > session.settings.bad_commands) {
        session.end = "too many bad commands";
        session.bye = session.end;
        session.stage = over;
    }
    return bad(text);
}

Reply misplaced(Session& session, const Row& row) {
    if (session.stage == not_authenticated) return bad_command(session, "log in first");
    if ((row.stages & selected) == 0) return bad("you have logged in already");
    return bad("select a mailbox first");
}

/// Who it is for; null, and `reply` says why, for nobody.
const Row* find_row(Session& session, const Command& command, Reply& reply) {
    const auto* const row = std::ranges::find(rows, command.name, &Row::name);
    if (row == std::end(rows) || (command.is_uid && (row->how & has_uid) == 0)) {
        reply = bad_command(session, "unknown command");
        return nullptr;
    }
    if ((row->stages & session.stage) == 0) {
        reply = misplaced(session, *row);
        return nullptr;
    }
    if ((row->how & by_number) != 0 && !command.is_uid && session.has(Feature::uid_only)) {  // RFC 9586 section 3.1
        reply = bad("UIDREQUIRED", "UIDONLY is enabled: say UID " + command.name);
        return nullptr;
    }
    return row;
}

/// A command of which all has come, by its verb.
Result<Reply> run(Session& session, const Row& row, const Command& command) {
    if ((row.how & no_arguments) != 0 && !command.is_uid) {
        if (const auto nothing = parse_no_arguments(command); !nothing) return bad_command(session, nothing.error().what);
    }
    return row.run(session, command);
}

/// Commands that the client has sent meanwhile do not see the numbers change under them.
Result<void> tell_updates(Session& session, const Row& row, bool is_uid) {
    if (!session.mailbox || session.stage != selected || (row.how & opens) != 0) return {};
    const bool keeps = (row.how & keeps_back) != 0 && !is_uid;
    return announce_if_wanted(session, keeps ? store::Expunges::keep_back : store::Expunges::tell);
}

}  // namespace

Result<void> obey(Session& session, std::string text) {
    auto command = parse_command(text);
    Reply reply = said();
    const auto* row = command ? find_row(session, *command, reply) : nullptr;
    if (!command) reply = bad_command(session, command.error().what);
    const bool is_complete = row != nullptr && (row->how & reads_itself) != 0;
    if (!is_complete) {
        const auto read = read_literals(session, text);
        if (!read) return failure(read.error());
        if (!*read) return {};
        command = parse_command(text);
    }
    const std::string tag{tag_of(text)};
    if (row != nullptr && has_lost_index(session)) return {};
    if (row != nullptr) {
        auto done = run(session, *row, *command);
        if (!done) return failure(done.error());
        reply = std::move(*done);
        if (reply.status != Reply::Status::bad) {
            if (auto r = tell_updates(session, *row, command->is_uid); !r) return r;
        }
    }
    if (reply.status != Reply::Status::none) session.channel.write(to_line(tag, reply));
    return {};
}

}  // namespace mailpipe::imap
