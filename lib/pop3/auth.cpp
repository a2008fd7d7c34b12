// SPDX-License-Identifier: ISC
// AUTH (RFC 5034) with the mechanisms of lib/sasl.
#include "base/ascii.hpp"
#include "pop3/command.hpp"
#include "pop3/verbs.hpp"
#include "sasl/exchange.hpp"

namespace mailpipe::pop3::verbs {

namespace {

/// AUTH alone: from before there was CAPA; some clients still send it.
void list_mechanisms(Session& session) {
    ok(session, Text::mechanisms_follow);
    const auto names = sasl::mechanism_names(session.scram);
    for (std::string_view left = names; !left.empty();) {
        const auto [name, others] = split_command(left);
        session.channel.write(name);
        session.channel.write("\r\n");
        left = others;
    }
    end_of_list(session);
}

/// Sends the challenge and gives the exchange what comes back. False: the exchange is over, and that has been said.
Result<bool> one_step(Session& session, sasl::Exchange& exchange, std::string_view challenge) {
    session.channel.write("+ ");
    session.channel.write(challenge);
    session.channel.write("\r\n");
    const auto line = read_line(session, sasl::Exchange::max_line);
    if (!line) return failure(line.error());
    if (!*line) return false;
    if ((*line)->end == io::LineEnd::too_long) {
        failed_login(session, {}, Text::line_too_long);
    } else if ((*line)->text == "*") {
        failed_login(session, {}, Text::cancelled);
    } else if (!exchange.respond((*line)->text)) {
        failed_login(session, {}, Text::bad_response);
    } else {
        return true;
    }
    return false;
}

}  // namespace

Result<void> auth(Session& session, std::string_view arguments) {
    if (!offers_login(session)) {
        err(session, Text::tls_first);
        return {};
    }
    const auto [name, initial] = split_command(trim(arguments));
    if (name.empty()) {
        list_mechanisms(session);
        return {};
    }
    const auto mechanism = sasl::find_mechanism(name, session.scram);
    if (!mechanism) {
        err(session, Text::no_such_mechanism);
        return {};
    }
    sasl::Exchange exchange{*mechanism, session.scram};
    if (!initial.empty() && !exchange.respond(initial)) {
        failed_login(session, {}, Text::bad_response);
        return {};
    }
    while (const auto challenge = exchange.challenge()) {
        const auto goes_on = one_step(session, exchange, *challenge);
        if (!goes_on) return failure(goes_on.error());
        if (!*goes_on) return {};
    }
    log_in(session, exchange.credentials());
    return {};
}

}  // namespace mailpipe::pop3::verbs
