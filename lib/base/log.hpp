// SPDX-License-Identifier: ISC
// The log: one logfmt line per step of a message, with the id that follows it. Manual: mailpipe(7), LOG.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailpipe {

enum class LogTarget { standard_error, syslog, nowhere };

/// syslog where descriptor 2 is the same socket as 0: under inetd both are the peer, else standard error.
LogTarget automatic_log_target();

/// Once, at the start of a tool. Under inetd fd 2 is the peer's socket: then it has to be syslog (facility mail).
void open_log(std::string_view tool, LogTarget target);

/// One line: LogLine("received").add("id", id).add("size", n).write();
/// Values with blanks, quotes, '=' or control characters are quoted and escaped, so a line is always one line.
class LogLine {
public:
    explicit LogLine(std::string_view event);
    LogLine& add(std::string_view key, std::string_view value);
    LogLine& add(std::string_view key, std::uint64_t value);
    /// Writes the line with one write(2). Never fails visibly: a log that can't be written stops no mail.
    void write() const;

private:
    std::string text_;
};

}  // namespace mailpipe
