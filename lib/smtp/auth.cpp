// SPDX-License-Identifier: ISC
// AUTH (RFC 4954) with the mechanisms of lib/sasl.
#include "sasl/exchange.hpp"
#include "smtp/command.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp {

sasl::ScramWorld scram_world(const Session& session) {
    return {session.mailroom.find_for_scram(), session.client.channel_binding};
}

namespace verbs {

namespace {

Result<void> failed(Session& session, Reply why) {
    if (++session.failed_logins < session.settings.limits.failed_logins) return reply(session, std::move(why));
    return reply(session, {421, "4.7.0", "too many failed logins"});
}

/// Sends the challenge and gives the exchange what comes back. A reply: the exchange is over.
Result<std::optional<Reply>> one_step(Session& session, sasl::Exchange& exchange, std::string_view challenge) {
    write(session.channel, {334, "", std::string(challenge)});
    const auto line = read_line(session, sasl::Exchange::max_line);
    if (!line) return failure(line.error());
    if (!*line) {
        session.over = true;
        return Reply{421, "4.4.2", "closed"};
    }
    if ((*line)->end == io::LineEnd::too_long) return Reply{500, "5.5.6", "line too long"};
    if ((*line)->end == io::LineEnd::bare_lf) return Reply{500, "5.5.2", "lines end with CRLF"};
    if ((*line)->text == "*") return Reply{501, "5.7.0", "cancelled"};
    if (!exchange.respond((*line)->text)) return Reply{501, "5.5.2", "can't read that response"};
    return std::optional<Reply>{};
}

Result<void> verify(Session& session, const sasl::Credentials& credentials) {
    const auto right = credentials.for_self()
                           ? session.mailroom.authenticate(session.client, credentials)
                           : Result<bool>{false};
    if (!right) return reply(session, {454, "4.7.0", "can't check passwords now"});
    if (!*right) return failed(session, {535, "5.7.8", "wrong name or password"});
    session.client.login = credentials.name;
    return reply(session, {235, "2.7.0", "welcome"});
}

}  // namespace

Result<void> auth(Session& session, std::string_view arguments) {
    if (session.settings.auth == AuthPolicy::never) return reply(session, {502, "5.5.1", "AUTH is not offered"});
    if (!session.client.login.empty()) return reply(session, {503, "5.5.1", "you are logged in"});
    if (!offers_auth(session)) return reply(session, {538, "5.7.11", "STARTTLS first"});
    const auto [name, initial] = split_command(arguments);
    if (name.empty()) return reply(session, {501, "5.5.4", "AUTH mechanism [response]"});
    const auto scram = scram_world(session);
    const auto mechanism = sasl::find_mechanism(name, scram);
    if (!mechanism) return reply(session, {504, "5.5.4", "no such mechanism"});

    sasl::Exchange exchange{*mechanism, scram};
    if (!initial.empty() && !exchange.respond(initial)) {
        return failed(session, {501, "5.5.2", "can't read that response"});
    }
    while (const auto challenge = exchange.challenge()) {
        auto ended = one_step(session, exchange, *challenge);
        if (!ended) return failure(std::move(ended).error());
        if (*ended) return failed(session, std::move(**ended));
    }
    return verify(session, exchange.credentials());
}

}  // namespace verbs

}  // namespace mailpipe::smtp
