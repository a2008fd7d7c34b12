// SPDX-License-Identifier: ISC
// STLS (RFC 2595 section 4).
#include "pop3/verbs.hpp"

namespace mailpipe::pop3 {

Result<void> start_tls(Session& session) {
    // What came before the handshake came from anybody (as in RFC 3207 section 4.2, CVE-2011-0411).
    session.channel.discard_input();
    auto started = session.world.start_tls();
    if (!started) return failure(std::move(started).error());
    session.channel.replace(started->stream);
    session.client.tls = std::move(started->description);
    session.scram.channel_binding = std::move(started->channel_binding);
    session.name.clear();
    session.language = Language::english;
    return {};
}

namespace verbs {

namespace {

std::optional<Text> why_not(const Session& session, std::string_view arguments) {
    if (!session.world.start_tls) return Text::no_tls;
    if (!session.client.tls.empty()) return Text::tls_already;
    if (session.utf8) return Text::tls_after_utf8;  // RFC 6856 section 2.1
    if (!arguments.empty()) return Text::too_many_arguments;
    if (!session.world.tls_is_possible()) return Text::no_tls;
    return {};
}

}  // namespace

Result<void> stls(Session& session, std::string_view arguments) {
    if (const auto text = why_not(session, arguments)) {
        err(session, *text);
        return {};
    }
    ok(session, Text::tls_begins);
    if (auto r = session.channel.flush(); !r) return r;
    return start_tls(session);
}

}  // namespace verbs

}  // namespace mailpipe::pop3
