// SPDX-License-Identifier: ISC
#include "smtp/session.hpp"

#include <algorithm>
#include <cerrno>

#include "base/ascii.hpp"
#include "smtp/command.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp {

namespace {

constexpr unsigned anywhere = connected | greeted | has_sender | has_recipient | has_chunk;

/// May replies to it wait for those to the commands behind it? RFC 2920 section 3.2, RFC 3030 section 2.
enum class Sending { grouped, at_once };

struct Verb {
    std::string_view name;
    Result<void> (*run)(Session& session, std::string_view arguments);
    unsigned stages;            // where it may come: RFC 5321 section 4.1.4
    std::string_view too_soon;  // what a 503 says elsewhere
    Sending sending = Sending::at_once;
};

using enum Sending;
constexpr Verb common_verbs[] = {
    {"MAIL", verbs::mail, greeted, "greet first, and one mail at a time", grouped},
    {"RCPT", verbs::rcpt, has_sender | has_recipient, "MAIL first", grouped},
    {"DATA", verbs::data, has_recipient, "MAIL and RCPT first, and no BDAT", grouped},
    {"BDAT", verbs::bdat, anywhere, "", grouped},
    {"RSET", verbs::rset, anywhere, "", grouped},
    {"NOOP", verbs::noop, anywhere, ""},
    {"QUIT", verbs::quit, anywhere, ""},
    {"STARTTLS", verbs::starttls, anywhere, ""},
    {"AUTH", verbs::auth, greeted, "greet first, and not in the middle of a mail"},
    {"VRFY", verbs::vrfy, anywhere, ""},
    {"HELP", verbs::help, anywhere, ""},
    {"EXPN", verbs::expn, anywhere, ""},
    {"GET", verbs::http, anywhere, ""},
    {"POST", verbs::http, anywhere, ""},
    {"PUT", verbs::http, anywhere, ""},
    {"HEAD", verbs::http, anywhere, ""},
    {"OPTIONS", verbs::http, anywhere, ""},
    {"CONNECT", verbs::http, anywhere, ""},
};
constexpr Verb smtp_verbs[] = {
    {"EHLO", verbs::ehlo, anywhere, ""},
    {"HELO", verbs::helo, anywhere, ""},
};
constexpr Verb lmtp_verbs[] = {  // EHLO and HELO are unknown here: RFC 2033 section 4.1
    {"LHLO", verbs::ehlo, anywhere, ""},
};

const Verb* find(std::span<const Verb> verbs, std::string_view name) {
    const auto verb = std::ranges::find_if(verbs, [name](const Verb& v) { return iequals(v.name, name); });
    return verb == verbs.end() ? nullptr : &*verb;
}

const Verb* find_verb(const Session& session, std::string_view name) {
    if (const auto* verb = find(common_verbs, name)) return verb;
    return session.is_lmtp() ? find(lmtp_verbs, name) : find(smtp_verbs, name);
}

Result<void> unknown(Session& session) {
    const auto max = session.settings.limits.unknown_commands;
    if (max != 0 && ++session.unknown_commands > max) {
        return reply(session, {421, "4.7.0", "too many unknown commands"});
    }
    return reply(session, {500, "5.5.2", "command not recognized"});
}

Result<void> dispatch(Session& session, std::string_view line) {
    const auto [name, arguments] = split_command(line);
    if (const auto* verb = find_verb(session, name)) {
        if ((verb->stages & session.stage) == 0) return reply(session, {503, "5.5.1", std::string(verb->too_soon)});
        if (auto r = verb->run(session, arguments); !r || verb->sending == grouped) return r;
        return session.channel.flush();
    }
    const auto& extra = session.settings.private_verbs;
    const auto verb = std::ranges::find_if(extra, [name = name](const auto& v) { return iequals(v.name, name); });
    return verb == extra.end() ? unknown(session) : verb->run(session, arguments);
}

Result<void> obey(Session& session, const io::Line& line) {
    using namespace std::string_view_literals;
    const auto max = session.settings.limits.commands;
    if (max != 0 && ++session.commands > max) return reply(session, {421, "4.7.0", "too many commands"});
    if (line.end == io::LineEnd::too_long) return reply(session, {500, "5.5.2", "line too long"});
    if (line.end == io::LineEnd::bare_lf || line.text.find_first_of("\r\0"sv) != std::string_view::npos) {
        return reply(session, {500, "5.5.2", "lines end with CRLF, and hold no CR, LF or NUL"});
    }
    return dispatch(session, line.text);
}

/// The peer is too slow, or gone.
Error lost(Session& session, Error error) {
    if (!timed_out(error)) return error;
    write(session.channel, {421, "4.4.2", "timed out"});
    // Nobody is known to read it.
    [[maybe_unused]] const auto ignored = session.channel.flush();
    return error;
}

}  // namespace

Result<void> serve(io::Channel& channel, Client client, Mailroom& mailroom, const Settings& settings,
                   const StartTls& start_tls) {
    constexpr io::Deadline never{std::chrono::steady_clock::time_point::max()};
    const auto lifetime = settings.limits.session;
    Session session{channel, mailroom, settings, start_tls,
                    lifetime.count() == 0 ? never : io::Deadline::after(lifetime), std::move(client)};

    write(channel, {220, "", settings.hostname + (session.is_lmtp() ? " LMTP mailpipe" : " ESMTP mailpipe")});
    while (!session.over) {
        const auto line = read_line(session, settings.limits.line_octets);
        if (!line) return failure(line.error());
        if (!*line) return {};  // as if it had said QUIT: RFC 5321 section 4.1.1.5
        if (auto r = obey(session, **line); !r) return r;
    }
    return channel.flush();
}

Result<void> reply(Session& session, Reply reply) {
    const auto max = session.settings.limits.errors;
    if (reply.code >= 500 && max != 0 && ++session.errors > max) reply = {421, "4.7.0", "too many errors"};
    if (reply.code == 421) session.over = true;
    write(session.channel, reply);
    return {};
}

Result<void> finish_message(Session& session, const std::vector<Reply>& replies) {
    const std::size_t count = session.is_lmtp() ? session.envelope.recipients.size() : 1;
    bool taken = false;
    bool refused = false;
    for (std::size_t i = 0; i < count; ++i) {
        const Reply& one = i < replies.size() ? replies[i] : refusal({Fault::transient, "no reply of the mailroom's"});
        write(session.channel, one);
        taken = taken || one.is_positive();
        refused = refused || one.code >= 500;
        session.over = session.over || one.code == 421;
    }
    if (taken) session.errors = session.unknown_commands = session.commands = 0;
    if (!taken && refused) ++session.errors;
    reset(session);
    return {};
}

Result<void> finish_message(Session& session, const Reply& reply) {
    return finish_message(session, std::vector<Reply>(session.is_lmtp() ? session.envelope.recipients.size() : 1, reply));
}

bool may_take_message(const Session& session) { return session.stage == has_recipient; }

void reset(Session& session) {
    session.envelope = {};
    session.incoming.reset();
    session.trouble.reset();
    if (session.stage != connected) session.stage = greeted;
}

Result<std::optional<io::Line>> read_line(Session& session, std::size_t limit) {
    auto line = session.channel.read_line(limit, deadline(session));
    if (!line) return failure(lost(session, std::move(line).error()));
    return line;
}

Result<std::span<char>> peek(Session& session) {
    auto input = session.channel.peek(deadline(session));
    if (!input) return failure(lost(session, std::move(input).error()));
    if (input->empty()) session.over = true;
    return input;
}

io::Deadline deadline(const Session& session) {
    return {std::min(io::Deadline::after(session.settings.limits.timeout).at, session.end.at)};
}

Reply temporary_refusal(const Error& error) {
    if (error.number == ENOSPC || error.number == EDQUOT) return {452, "4.3.1", "no room for mail now"};
    return {451, "4.3.0", "can't take mail now"};
}

Reply refusal(const Error& error) {
    if (error.fault == Fault::transient || error.number != 0) return temporary_refusal(error);
    return {554, "5.3.0", "can't take that message"};
}

bool offers_auth(const Session& session) {
    switch (session.settings.auth) {
        case AuthPolicy::never: return false;
        case AuthPolicy::protected_only: return !session.client.tls.empty() || session.client.is_loopback;
        case AuthPolicy::anywhere: return true;
    }
    return false;
}

}  // namespace mailpipe::smtp
