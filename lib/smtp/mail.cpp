// SPDX-License-Identifier: ISC
// MAIL (RFC 5321 section 4.1.1.2).
#include "base/ascii.hpp"
#include "smtp/parameters.hpp"
#include "smtp/path.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

namespace {

constexpr std::string_view prefix = "FROM:";

/// What the session itself has against the sender, before the mailroom is asked.
std::optional<Reply> refuse(const Session& session, const mail::ReversePath& sender, const MailParameters& parameters) {
    const auto max = session.settings.limits.message_octets;
    if (max != 0 && parameters.size > max) return Reply{552, "5.3.4", "message too big"};
    if (sender && mail::needs_utf8(*sender) && !parameters.smtputf8) {
        return Reply{550, "5.6.7", "SMTPUTF8 is needed for that address"};
    }
    return {};
}

}  // namespace

Result<void> mail(Session& session, std::string_view arguments) {
    const auto& settings = session.settings;
    if (settings.login_required && session.client.login.empty()) {
        return reply(session, {530, "5.7.0", "authentication required"});
    }
    if (!istarts_with(arguments, prefix)) return reply(session, {501, "5.5.4", "MAIL FROM:<address>"});
    auto path = parse_reverse_path(arguments.substr(prefix.size()));
    if (!path) return reply(session, {501, "5.1.7", path.error().what});
    const Offered offered{session.client.esmtp, settings.auth != AuthPolicy::never, settings.takes_xid, !session.client.tls.empty()};
    auto parameters = parse_mail_parameters(path->rest, offered);
    if (!parameters) return reply(session, std::move(parameters).error());
    if (auto refusal = refuse(session, path->sender, *parameters)) return reply(session, std::move(*refusal));

    session.envelope.sender = std::move(path->sender);
    session.envelope.envelope_id = std::move(parameters->envelope_id);
    session.envelope.dsn_return = parameters->dsn_return;
    session.envelope.smtputf8 = parameters->smtputf8;
    session.envelope.require_tls = parameters->require_tls;
    const Announcement announcement{parameters->size, std::move(parameters->xid)};
    if (auto refusal = session.mailroom.refuse_sender(session.client, session.envelope, announcement)) {
        reset(session);
        return reply(session, std::move(*refusal));
    }
    session.stage = has_sender;
    return reply(session, {250, "2.1.0", "sender ok"});
}

}  // namespace mailpipe::smtp::verbs
