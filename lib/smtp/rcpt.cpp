// SPDX-License-Identifier: ISC
// RCPT (RFC 5321 section 4.1.1.3).
#include "base/ascii.hpp"
#include "smtp/parameters.hpp"
#include "smtp/path.hpp"
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

namespace {

constexpr std::string_view prefix = "TO:";

}  // namespace

Result<void> rcpt(Session& session, std::string_view arguments) {
    auto& envelope = session.envelope;
    if (!istarts_with(arguments, prefix)) return reply(session, {501, "5.5.4", "RCPT TO:<address>"});
    auto path = parse_forward_path(arguments.substr(prefix.size()));
    if (!path) return reply(session, {501, "5.1.3", path.error().what});
    auto parameters = parse_rcpt_parameters(path->rest, {.extensions = session.client.esmtp});
    if (!parameters) return reply(session, std::move(parameters).error());
    if (mail::needs_utf8(path->recipient) && !envelope.smtputf8) {
        return reply(session, {553, "5.6.7", "SMTPUTF8 is needed for that address"});
    }
    if (envelope.recipients.size() >= session.settings.limits.recipients) {
        return reply(session, {452, "4.5.3", "too many recipients"});
    }

    mail::Recipient recipient{std::move(path->recipient), parameters->notify, std::move(parameters->original)};
    if (auto refusal = session.mailroom.refuse_recipient(session.client, envelope, recipient)) {
        return reply(session, std::move(*refusal));
    }
    envelope.recipients.push_back(std::move(recipient));
    session.stage = has_recipient;
    return reply(session, {250, "2.1.5", "recipient ok"});
}

}  // namespace mailpipe::smtp::verbs
