// SPDX-License-Identifier: ISC
// LOGIN and AUTHENTICATE (RFC 9051 sections 6.2.2 and 6.2.3, RFC 4959).
#include <thread>

#include <fmt/format.h>

#include "base/log.hpp"
#include "imap/grammar/login.hpp"
#include "imap/verbs/verbs.hpp"
#include "text/base64.hpp"

namespace mailpipe::imap {

namespace {

Reply failed_login(Session& session, const Reply& reply) {
    std::this_thread::sleep_for(session.settings.failure_delay);  // guessing shall take its time
    if (++session.failed_logins >= session.settings.failed_logins) {
        session.stage = over;
        session.end = "too many failed logins";
        session.bye = session.end;
    }
    return reply;
}

Reply wrong_password(Session& session, std::string_view name) {
    LogLine("login-failed").add("user", name).add("ip", session.client.address).write();
    return failed_login(session, no("AUTHENTICATIONFAILED", "that is not the name and password of anybody here"));
}

/// The end of the stranger's phase: what is left to say, transact() says.
Reply welcome(Session& session, const Command& command, sasl::User user) {
    session.user = std::move(user);
    session.login_tag = command.tag;
    return said();
}

Reply log_in(Session& session, const Command& command, std::string_view name, std::string_view password) {
    auto user = session.world.verify(name, password);
    if (!user) {
        LogLine("trouble").add("user", name).add("ip", session.client.address).add("what", user.error().what).write();
        return no("UNAVAILABLE", "passwords can't be checked now");
    }
    if (!*user) return wrong_password(session, name);
    return welcome(session, command, std::move(**user));
}

Reply conclude(Session& session, const Command& command, const sasl::Exchange& exchange) {
    const auto& credentials = exchange.credentials();
    if (!credentials.for_self()) {
        return failed_login(session, no("AUTHORIZATIONFAILED", "nobody may act for somebody else here"));
    }
    switch (credentials.proof) {
        case sasl::Proof::right: return welcome(session, command, *credentials.user);
        case sasl::Proof::wrong: return wrong_password(session, credentials.name);
        case sasl::Proof::password: break;
    }
    return log_in(session, command, credentials.name, credentials.password);
}

}  // namespace

namespace verbs {

Result<Reply> login(Session& session, const Command& command) {
    if (!offers_login(session)) return no("PRIVACYREQUIRED", "LOGIN needs TLS here");
    const auto request = parse_login(command);
    if (!request) return bad(request.error());
    return log_in(session, command, request->user, request->password);
}

Result<Reply> authenticate(Session& session, const Command& command) {
    if (!offers_login(session)) return no("PRIVACYREQUIRED", "AUTHENTICATE needs TLS here");
    const auto request = parse_authenticate(command);
    if (!request) return bad(request.error());
    const auto mechanism = sasl::find_mechanism(request->mechanism, session.scram);
    if (!mechanism || session.settings.without.contains("AUTH=" + request->mechanism)) return no("CANNOT", "no such mechanism");
    sasl::Exchange exchange{*mechanism, session.scram};
    if (request->initial_response) {
        const auto initial = request->initial_response->empty() ? "=" : text::base64_encode(*request->initial_response);
        if (auto r = exchange.respond(initial); !r) return failed_login(session, bad(r.error()));
    }
    while (const auto challenge = exchange.challenge()) {
        session.channel.write(fmt::format("+ {}\r\n", *challenge));
        const auto line = read_line(session, sasl::Exchange::max_line);
        if (!line) return failure(line.error());
        if (!*line) return said();
        if ((*line)->end == io::LineEnd::too_long) return failed_login(session, bad("the line is too long"));
        if ((*line)->text == "*") return bad("as you like");
        if (auto r = exchange.respond((*line)->text); !r) return failed_login(session, bad(r.error()));
    }
    return conclude(session, command, exchange);
}

}  // namespace verbs

}  // namespace mailpipe::imap
