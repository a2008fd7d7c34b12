// SPDX-License-Identifier: ISC
#include "smtp/client_commands.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace mailpipe::smtp {

std::string_view to_string(ClientCommand command) {
    switch (command) {
        case ClientCommand::ehlo: return "EHLO";
        case ClientCommand::lhlo: return "LHLO";
        case ClientCommand::helo: return "HELO";
        case ClientCommand::starttls: return "STARTTLS";
        case ClientCommand::auth: return "AUTH";
        case ClientCommand::rset: return "RSET";
        case ClientCommand::mail: return "MAIL";
        case ClientCommand::rcpt: return "RCPT";
        case ClientCommand::data: return "DATA";
        case ClientCommand::mail_data: return "mail data";
    }
    return {};
}

bool needs_utf8(const mail::Envelope& envelope) {
    return envelope.smtputf8 || (envelope.sender && mail::needs_utf8(*envelope.sender)) ||
           std::ranges::any_of(envelope.recipients, [](const auto& r) { return mail::needs_utf8(r.mailbox); });
}

std::optional<Reply> cannot_take(const OutgoingMessage& message, const Extensions& extensions) {
    if (needs_utf8(message.envelope) && !extensions.offers("SMTPUTF8")) {
        return Reply{550, "5.6.7", "the next host does not offer SMTPUTF8"};
    }
    if (message.eight_bit && !extensions.offers("8BITMIME")) {
        return Reply{554, "5.6.3", "the next host does not offer 8BITMIME"};
    }
    // A report goes all the same, without it: RFC 8689 section 5.
    if (message.envelope.require_tls && message.envelope.sender && !extensions.offers("REQUIRETLS")) {
        return Reply{550, "5.7.30", "the next host does not offer REQUIRETLS"};
    }
    const auto max = extensions.max_octets();
    if (max && message.wire_octets > *max) return Reply{552, "5.3.4", "too big for the next host"};
    return {};
}

std::string mail_command(const OutgoingMessage& message, const Extensions& extensions) {
    const auto& envelope = message.envelope;
    auto line = fmt::format("MAIL FROM:<{}>", envelope.sender ? mail::to_string(*envelope.sender) : "");
    if (message.wire_octets != 0 && extensions.offers("SIZE")) line += fmt::format(" SIZE={}", message.wire_octets);
    if (message.eight_bit) line += " BODY=8BITMIME";
    if (needs_utf8(envelope)) line += " SMTPUTF8";
    if (envelope.require_tls && extensions.offers("REQUIRETLS")) line += " REQUIRETLS";
    const auto dsn_return = to_string(envelope.dsn_return);
    if ((!dsn_return.empty() || !envelope.envelope_id.empty()) && extensions.offers("DSN")) {
        if (!dsn_return.empty()) line.append(" RET=").append(dsn_return);
        if (!envelope.envelope_id.empty()) line += " ENVID=" + envelope.envelope_id;
    }
    if (!message.xid.empty() && extensions.offers("XID")) line.append(" XID=").append(message.xid);
    return line + "\r\n";
}

std::string rcpt_command(const mail::Recipient& recipient, const Extensions& extensions) {
    auto line = fmt::format("RCPT TO:<{}>", mail::to_string(recipient.mailbox));
    if ((recipient.notify.given() || !recipient.original.empty()) && extensions.offers("DSN")) {
        if (recipient.notify.given()) line += " NOTIFY=" + to_string(recipient.notify);
        if (!recipient.original.empty()) line += " ORCPT=" + recipient.original;
    }
    return line + "\r\n";
}

}  // namespace mailpipe::smtp
