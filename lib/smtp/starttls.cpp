// SPDX-License-Identifier: ISC
// STARTTLS (RFC 3207).
#include "smtp/verbs.hpp"

namespace mailpipe::smtp::verbs {

Result<void> starttls(Session& session, std::string_view arguments) {
    if (!session.start_tls.shake_hands) return reply(session, {502, "5.5.1", "STARTTLS is not offered"});
    if (!session.client.tls.empty()) return reply(session, {503, "5.5.1", "TLS is on already"});
    if (!arguments.empty()) return reply(session, {501, "5.5.4", "no arguments, please"});

    if (!session.start_tls.is_possible()) return reply(session, {454, "4.7.0", "TLS is not to be had now"});

    if (auto r = reply(session, {220, "2.0.0", "ready for TLS"}); !r) return r;
    if (auto r = session.channel.flush(); !r) return r;
    // What came with the command came before the handshake: from anybody (RFC 3207 section 4.2, CVE-2011-0411).
    session.channel.discard_input();
    auto started = session.start_tls.shake_hands();
    if (!started) return failure(std::move(started).error());
    session.channel.replace(started->stream);

    session.client.name.clear();
    session.client.login.clear();
    session.client.esmtp = false;
    session.client.tls = std::move(started->description);
    session.client.channel_binding = std::move(started->channel_binding);
    reset(session);
    session.stage = connected;
    return {};
}

}  // namespace mailpipe::smtp::verbs
