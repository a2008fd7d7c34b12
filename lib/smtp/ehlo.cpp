// SPDX-License-Identifier: ISC
// EHLO, HELO, and LHLO of LMTP.
#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "sasl/exchange.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

namespace {

constexpr std::size_t max_name_octets = 255;

/// The first word: RFC 5321 section 4.1.1.1 tells of clients that add information. Any printable word passes, since
/// many hosts don't know their name.
std::string_view client_name(std::string_view arguments) {
    const auto name = arguments.substr(0, arguments.find_first_of(" \t"));
    if (name.size() > max_name_octets) return {};
    return std::ranges::all_of(name, [](char c) { return is_ascii(c) && !is_control(c); }) ? name : std::string_view{};
}

/// RFC 5321 section 4.1.4: as after RSET.
bool greet(Session& session, std::string_view arguments) {
    const auto name = client_name(arguments);
    if (name.empty()) return false;
    session.client.name = name;
    session.stage = greeted;
    reset(session);
    return true;
}

std::string capabilities(const Session& session) {
    const auto& settings = session.settings;
    std::string lines = settings.hostname;
    lines += "\nPIPELINING\n8BITMIME\nSMTPUTF8\nCHUNKING\nDSN\nENHANCEDSTATUSCODES\nSIZE";
    if (const auto max = settings.limits.message_octets; max != 0) lines.append(1, ' ').append(fmt::format_int{max}.str());
    if (session.start_tls.shake_hands && session.client.tls.empty()) lines += "\nSTARTTLS";
    if (!session.client.tls.empty()) lines += "\nREQUIRETLS";  // RFC 8689 section 2
    if (offers_auth(session)) lines.append("\nAUTH ").append(sasl::mechanism_names(scram_world(session)));
    if (settings.takes_xid) lines += "\nXID";
    for (const auto& verb : settings.private_verbs) lines.append(1, '\n').append(verb.name);
    return lines;
}

}  // namespace

Result<void> ehlo(Session& session, std::string_view arguments) {
    if (!greet(session, arguments)) return reply(session, {501, "5.5.4", "who are you?"});
    session.client.esmtp = true;
    return reply(session, {250, "", capabilities(session)});
}

Result<void> helo(Session& session, std::string_view arguments) {
    if (!greet(session, arguments)) return reply(session, {501, "5.5.4", "who are you?"});
    session.client.esmtp = false;
    return reply(session, {250, "", session.settings.hostname});
}

}  // namespace mailpipe::smtp::verbs
