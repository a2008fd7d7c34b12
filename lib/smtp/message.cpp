// SPDX-License-Identifier: ISC
#include "smtp/message.hpp"

namespace mailpipe::smtp {

namespace {

void give_up(Session& session, Reply why) {
    session.trouble = std::move(why);
    session.incoming.reset();
}

void write_on(Session& session, std::string_view text) {
    if (session.trouble || text.empty()) return;
    if (auto r = session.incoming->write(text); !r) give_up(session, refusal(r.error()));
}

/// A bare newline goes first: that a message is too big must not hide that it was made to smuggle.
void check(Session& session) {
    const auto max = session.settings.limits.message_octets;
    if (session.settings.bare_newline == BareNewline::refuse && session.decoder.saw_bare_newline()) {
        give_up(session, {550, "5.5.2", "bare CR or LF in the message"});
    } else if (!session.trouble && max != 0 && session.decoder.wire_octets() > max) {
        give_up(session, {552, "5.3.4", "message too big"});
    }
}

}  // namespace

void open_message(Session& session, io::DataDecoder::Form form) {
    session.decoder = io::DataDecoder{form};
    session.trouble.reset();
    auto incoming = session.mailroom.open(session.client, session.envelope);
    if (incoming) {
        session.incoming = std::move(*incoming);
    } else {
        session.trouble = refusal(incoming.error());
    }
}

Reply refuse_message(Session& session) {
    session.mailroom.note_refusal(session.client, session.envelope, *session.trouble);
    return *session.trouble;
}

void take(Session& session, const io::DataDecoder::Step& step) {
    check(session);
    write_on(session, step.before);
    write_on(session, step.text);
}

Result<void> close_message(Session& session) {
    session.decoder.finish();
    check(session);
    if (session.trouble) return finish_message(session, refuse_message(session));
    const auto replies = session.incoming->commit();
    return finish_message(session, replies);
}

}  // namespace mailpipe::smtp
