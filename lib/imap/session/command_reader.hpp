// SPDX-License-Identifier: ISC
// Commands as they come: lines, with literals between them (RFC 9051 section 4.3, RFC 7888).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "imap/grammar/literal.hpp"
#include "imap/session/reply.hpp"
#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// Of one command, before the login and after it; its lines have io::Channel::input_octets at most.
constexpr std::size_t max_stranger_octets = 8 * 1024;
constexpr std::size_t max_command_octets = 1024 * 1024;

/// Asks for the literal's octets where the client waits for that ("+ …").
void invite(Session& session, const Literal& literal);
/// Reads a literal and the line behind it into `text`, CRLF before it. False: the peer has closed, or the line was too long;
/// what it announced has been swallowed, and the command is to be answered with line_too_long().
Result<bool> read_literal(Session& session, std::uint64_t octets, std::string& text);
Reply line_too_long();
/// What is left on the wire of a command that is refused where `literal` is announced: what comes without an invitation.
Result<void> skip_command(Session& session, std::optional<Literal> literal);
/// At the end of a line; nothing where it is so large that nobody can read it.
std::optional<Literal> announced(std::string_view line);
/// A line that has been read, however long it was.
std::optional<Literal> announced(const io::Line& line);

/// A command's first line without its CRLF, with what has come of it in between: "A1 LOGIN {5}". `text` is empty after the
/// end of the connection. A bare LF ends a line, too. False: it was too long, and that has been said.
Result<bool> read_first_line(Session& session, std::string& text);

/// Reads the literals that `text` announces, and the lines behind them, into it. False: that was too much, or the peer has
/// closed; it has been answered, and what the client sends all the same is swallowed.
Result<bool> read_literals(Session& session, std::string& text);

}  // namespace mailpipe::imap
