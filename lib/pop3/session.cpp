// SPDX-License-Identifier: ISC
#include "pop3/session.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/log.hpp"
#include "pop3/command.hpp"
#include "pop3/verbs.hpp"

namespace mailpipe::pop3 {

namespace {

struct Row {
    std::string_view name;
    verbs::Verb* run;
    unsigned stages;
};
constexpr Row rows[] = {
    {"RETR", verbs::retr, transaction},
    {"DELE", verbs::dele, transaction},
    {"TOP", verbs::top, transaction},
    {"UIDL", verbs::uidl, transaction},
    {"LIST", verbs::list, transaction},
    {"STAT", verbs::stat, transaction},
    {"RSET", verbs::rset, transaction},
    {"NOOP", verbs::noop, transaction},
    {"QUIT", verbs::quit, authorization | transaction},
    {"CAPA", verbs::capa, authorization | transaction},
    {"LANG", verbs::lang, authorization | transaction},
    {"USER", verbs::user, authorization},
    {"PASS", verbs::pass, authorization},
    {"AUTH", verbs::auth, authorization},
    {"STLS", verbs::stls, authorization},
    {"UTF8", verbs::utf8, authorization},
};

void bad_command(Session& session, Text text) {
    if (++session.bad_commands <= session.settings.bad_commands) return err(session, text);
    err(session, Text::too_many_bad_commands);
    session.end = "too many bad commands";
    session.stage = over;
}

Result<void> obey(Session& session, const io::Line& line) {
    if (line.end == io::LineEnd::too_long) {
        bad_command(session, Text::line_too_long);
        return {};
    }
    const auto [name, arguments] = split_command(line.text);
    const auto row = std::ranges::find_if(rows, [name = name](const Row& r) { return iequals(r.name, name); });
    if (row == std::end(rows)) {
        bad_command(session, Text::unknown_command);
        return {};
    }
    if ((row->stages & session.stage) == 0) {
        err(session, session.stage == authorization ? Text::not_before_login : Text::not_after_login);
        return {};
    }
    return row->run(session, arguments);
}

/// Obeys as long as `goes_on` holds.
template <typename Condition>
Result<void> converse(Session& session, Condition goes_on) {
    while (goes_on()) {
        const auto line = read_line(session, max_command_octets);
        if (!line) return failure(line.error());
        if (!*line) break;
        if (session.maildrop) session.maildrop->keep_lock();
        if (auto r = obey(session, **line); !r) return r;
    }
    return session.channel.flush();
}

LogLine log_line(const Session& session, std::string_view event) {
    LogLine line{event};
    if (session.user) line.add("user", session.user->name);
    line.add("ip", session.client.address);
    return line;
}

void log_login(const Session& session) {
    auto line = log_line(session, "login");
    if (!session.client.tls.empty()) line.add("tls", session.client.tls);
    line.write();
}

void log_end(const Session& session, std::string_view end) {
    auto line = log_line(session, "disconnect");
    if (session.maildrop) line.add("octets", session.octets_sent).add("deleted", session.deleted);
    line.add("end", end).write();
}

/// The password was right, but there is no mailbox for it now.
Result<void> refuse(Session& session, const Refusal& refusal) {
    log_line(session, "refused").add("what", refusal.why).write();
    err(session, refusal.code, refusal.text);
    return session.channel.flush();
}

}  // namespace

char* Session::message_buffer() {
    if (!buffer) buffer.reset(new char[message_octets]);  // not zeroed: only what is used becomes memory
    return buffer.get();
}

bool offers_login(const Session& session) {
    return session.settings.auth_without_tls || !session.client.tls.empty() || session.client.is_loopback;
}

Result<std::optional<io::Line>> read_line(Session& session, std::size_t limit) {
    const auto until =
        session.stage == authorization ? session.login_until : io::Deadline::after(session.settings.idle_timeout);
    auto line = session.channel.read_line(limit, until);
    if (line && !*line) session.stage = over;
    return line;
}

Result<void> authorize(Session& session) {
    ok(session, Text::ready);
    return converse(session, [&] { return session.stage == authorization && !session.user; });
}

Result<void> transact(Session& session, const std::string& maildir) {
    auto maildrop = Maildrop::open(maildir, session.settings.login_delay, session.world.clock);
    if (!maildrop) return refuse(session, maildrop.error());
    session.maildrop.emplace(std::move(*maildrop));
    session.stage = transaction;
    log_login(session);
    ok(session, Text::logged_in);
    auto done = converse(session, [&] { return session.stage == transaction; });
    session.maildrop->settle("");
    return done;
}

namespace {

Result<void> both_phases(Session& session) {
    if (session.settings.tls_first) {
        if (auto r = start_tls(session); !r) return r;
    }
    if (auto r = authorize(session); !r || !session.user) return r;
    const auto maildir = session.world.enter(*session.user);
    if (!maildir) return refuse(session, refusal_for(maildir.error()));
    return transact(session, *maildir);
}

}  // namespace

Result<void> serve(io::Channel& channel, Client client, const Settings& settings, const World& world) {
    Session session{channel, settings, world, std::move(client), io::Deadline::after(settings.login_timeout)};
    LogLine("connect").add("ip", session.client.address).write();
    auto served = both_phases(session);
    log_end(session, served ? session.end : served.error().what);
    return served;
}

}  // namespace mailpipe::pop3
