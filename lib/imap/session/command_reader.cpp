// SPDX-License-Identifier: ISC
#include "imap/session/command_reader.hpp"

#include <algorithm>

#include "imap/grammar/command.hpp"
#include "imap/session/reply.hpp"

namespace mailpipe::imap {

namespace {

io::Deadline deadline_of(const Session& session) {
    return session.stage == not_authenticated ? session.login_until : io::Deadline::after(session.settings.idle_timeout);
}

/// Reads so many octets and throws them away.
Result<void> swallow(Session& session, std::uint64_t octets) {
    while (octets > 0) {
        const auto piece = session.channel.peek(deadline_of(session));
        if (!piece) return failure(piece.error());
        if (piece->empty()) {
            session.stage = over;
            return {};
        }
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(octets, piece->size()));
        session.channel.consume(taken);
        octets -= taken;
    }
    return {};
}

/// Appends exactly so many octets to `text`. False: the peer has closed.
Result<bool> read_octets(Session& session, std::uint64_t octets, std::string& text) {
    while (octets > 0) {
        const auto piece = session.channel.peek(deadline_of(session));
        if (!piece) return failure(piece.error());
        if (piece->empty()) {
            session.stage = over;
            return false;
        }
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(octets, piece->size()));
        text.append(piece->data(), taken);
        session.channel.consume(taken);
        octets -= taken;
    }
    return true;
}

}  // namespace

void invite(Session& session, const Literal& literal) {
    if (literal.is_sync) session.channel.write("+ go on\r\n");
}

Reply line_too_long() { return bad("a line may have 65536 octets"); }

std::optional<Literal> announced(std::string_view line) { return trailing_literal(line).value_or(std::nullopt); }
std::optional<Literal> announced(const io::Line& line) {
    return announced(line.end == io::LineEnd::too_long ? line.tail : line.text);
}

Result<void> skip_command(Session& session, std::optional<Literal> literal) {
    while (literal && !literal->is_sync && session.stage != over) {
        if (auto r = swallow(session, literal->octets); !r) return r;
        const auto line = read_line(session);
        if (!line) return failure(line.error());
        literal = *line ? announced(**line) : std::nullopt;
    }
    return {};
}

Result<std::optional<io::Line>> read_line(Session& session, std::size_t limit) {
    auto line = session.channel.read_line(limit, deadline_of(session));
    if (line && !*line) session.stage = over;
    return line;
}

namespace {

Result<void> refuse_long_line(Session& session, const io::Line& line) {
    const bool has_tag = line.head.find(' ') != std::string_view::npos;  // else it is cut
    const std::string tag{has_tag ? tag_of(line.head) : "*"};
    if (auto r = skip_command(session, announced(line)); !r) return r;
    session.channel.write(to_line(tag, line_too_long()));
    return {};
}

}  // namespace

Result<bool> read_first_line(Session& session, std::string& text) {
    const auto line = read_line(session);
    if (!line) return failure(line.error());
    text.clear();
    if (!*line) return true;
    if ((*line)->end == io::LineEnd::too_long) {
        if (auto r = refuse_long_line(session, **line); !r) return failure(r.error());
        return false;
    }
    text = (*line)->text;  // a bare LF ends a line too: terminals and scripts send it, and nothing is relayed
    return true;
}

Result<bool> read_literal(Session& session, std::uint64_t octets, std::string& text) {
    text += "\r\n";
    const auto read = read_octets(session, octets, text);
    if (!read || !*read) return read;
    const auto line = read_line(session);
    if (!line) return failure(line.error());
    if (!*line) return false;
    text += (*line)->text;
    if ((*line)->end != io::LineEnd::too_long) return true;
    if (auto r = skip_command(session, announced(**line)); !r) return failure(r.error());
    return false;
}

Result<bool> read_literals(Session& session, std::string& text) {
    const auto limit = session.stage == not_authenticated ? max_stranger_octets : max_command_octets;
    for (std::size_t line_begin = 0;;) {
        const auto literal = announced(std::string_view{text}.substr(line_begin));
        if (!literal && text.size() <= limit) return session.stage != over;
        if (!literal || literal->octets > limit || text.size() + literal->octets > limit) {
            if (auto r = skip_command(session, literal); !r) return failure(r.error());
            session.channel.write(to_line(tag_of(text), no("LIMIT", "the command is too long")));
            return false;
        }
        invite(session, *literal);
        line_begin = text.size() + 2 + static_cast<std::size_t>(literal->octets);
        const auto read = read_literal(session, literal->octets, text);
        if (!read) return read;
        if (!*read && session.stage != over) session.channel.write(to_line(tag_of(text), line_too_long()));
        if (!*read) return false;
    }
}

}  // namespace mailpipe::imap
