// SPDX-License-Identifier: ISC
#include "imap/session/session.hpp"

#include "base/log.hpp"

namespace mailpipe::imap {

void Session::leave_mailbox() {
    if (!mailbox) return;
    mailbox.reset();
    saved = {};
    stage = authenticated;
}

void Session::forget_user() {
    leave_mailbox();
    notifier.reset();
    events = {};
    enabled = 0;
    mail.reset();
    user.reset();
    login_tag.clear();
    stage = not_authenticated;
    login_until = io::Deadline::after(settings.login_timeout);
}

void log_trouble(const Session& session, const Error& error) {
    LogLine line{"trouble"};
    if (session.user) line.add("user", session.user->name);
    line.add("ip", session.client.address).add("what", error.what).write();
}

bool offers_login(const Session& session) {
    return session.settings.auth_without_tls || !session.client.tls.empty() || session.client.is_loopback;
}

Result<void> start_tls(Session& session) {
    session.channel.discard_input();  // sent in the clear by whoever could: it counts for nothing (RFC 3207 section 4.2)
    auto started = session.world.start_tls();
    if (!started) return failure(started.error());
    session.channel.replace(started->stream);
    session.client.tls = started->description;
    session.scram.channel_binding = started->channel_binding;
    return {};
}

}  // namespace mailpipe::imap
