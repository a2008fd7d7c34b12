// SPDX-License-Identifier: ISC
// RETR and TOP (RFC 1939 sections 5 and 7): a message from its file to the wire.
#include "base/ascii.hpp"
#include "base/log.hpp"
#include "io/dot_stuffing.hpp"
#include "io/wire_size.hpp"
#include "pop3/command.hpp"
#include "pop3/message_file.hpp"
#include "pop3/messages.hpp"
#include "pop3/top_lines.hpp"
#include "pop3/verbs.hpp"

namespace mailpipe::pop3::verbs {

namespace {

struct Opened {
    MessageFile file;
    std::string_view start;  // its first piece, in the session's buffer
};

bool wants_utf8(const Session& session, std::string_view start) {
    if (session.utf8 || session.settings.unasked_utf8 == UnaskedUtf8::send) return false;
    TopLines header{0};
    return !all_ascii(start.substr(0, header.take(start)));
}

/// Has replied when it gives nothing.
std::optional<Opened> open_message(Session& session, std::size_t index) {
    auto file = MessageFile::open(*session.maildrop, index, session.message_buffer());
    const auto start = file ? file->read() : failure(file.error());
    if (!start) {
        cannot_read(session, index);
        return {};
    }
    if (wants_utf8(session, *start)) {
        err(session, "UTF8", Text::needs_utf8);
        return {};
    }
    return Opened{std::move(*file), *start};
}

/// What was told of a size must be what is sent, or clients wait for the rest. The file is right, its name is not.
void correct_size(Session& session, std::size_t index, std::uint64_t octets) {
    auto& message = session.maildrop->message(index);
    if (message.wire_octets == octets) return;
    LogLine("wrong-size")
        .add("user", session.user->name)
        .add("file", session.maildrop->mailbox().name(message))
        .add("octets", octets)
        .write();
    message.wire_octets = octets;
}

/// The rest of a message whose first piece is in the buffer. An error: the file could not be read to its end, and the
/// connection has to break, for nothing else tells the client that the message is not whole.
Result<void> send_rest(Session& session, MessageFile& file, io::DotStuffer& stuffer, io::WireSize& size) {
    while (!file.at_end()) {
        const auto piece = file.read();
        if (!piece) return failure(piece.error());
        size.add(*piece);
        stuffer.write(*piece);
        session.maildrop->keep_lock();
    }
    return {};
}

}  // namespace

Result<void> retr(Session& session, std::string_view arguments) {
    const auto index = find_message(session, arguments);
    if (!index) return {};
    auto opened = open_message(session, *index);
    if (!opened) return {};
    auto& [file, start] = *opened;
    io::WireSize size;
    size.add(start);
    if (file.at_end()) correct_size(session, *index, size.octets());
    const auto octets = session.maildrop->octets(*index);
    if (!octets) {
        cannot_read(session, *index);
        return {};
    }
    ok(session, std::to_string(*octets), Text::message_follows);
    io::DotStuffer stuffer{session.channel, io::BareCr::keep};
    stuffer.write(start);
    if (auto r = send_rest(session, file, stuffer, size); !r) return r;
    stuffer.finish();
    correct_size(session, *index, size.octets());
    session.octets_sent += size.octets();
    session.maildrop->marks(*index).retrieved = true;
    return {};
}

Result<void> top(Session& session, std::string_view arguments) {
    const auto asked = parse_top(arguments);
    if (!asked) {
        err(session, Text::bad_argument);
        return {};
    }
    const auto index = find_message(session, asked->message);
    if (!index) return {};
    auto opened = open_message(session, *index);
    if (!opened) return {};
    auto& [file, piece] = *opened;
    ok(session, Text::top_follows);
    io::DotStuffer stuffer{session.channel, io::BareCr::keep};
    for (TopLines lines{asked->lines};;) {
        stuffer.write(piece.substr(0, lines.take(piece)));
        if (lines.done() || file.at_end()) break;
        const auto next = file.read();
        if (!next) return failure(next.error());
        piece = *next;
    }
    stuffer.finish();
    return {};
}

}  // namespace mailpipe::pop3::verbs
