// SPDX-License-Identifier: ISC
// From a file with LF to the wire: CRLF line ends, a dot before a dot at a line's start (RFC 5321 section 4.5.2,
// RFC 1939 section 3).
#pragma once

#include <string_view>

#include "io/channel.hpp"

namespace mailpipe::io {

/// What becomes of a CR without LF.
enum class BareCr {
    line_end,  ///< SMTP, where it must not be sent (RFC 5321 section 2.3.8)
    keep,      ///< POP3: the message as it is
};

class DotStuffer {
public:
    explicit DotStuffer(Channel& channel, BareCr bare_cr = BareCr::line_end) : channel_(channel), bare_cr_(bare_cr) {}

    /// The next piece of the message, with LF or CRLF line ends.
    void write(std::string_view piece);
    /// Ends the last line where it has no end, and writes the final dot. Nothing is flushed.
    void finish();

private:
    char* encode(std::string_view piece, char* out);
    char* encode_line(std::string_view line, char* out);

    Channel& channel_;
    BareCr bare_cr_;
    bool at_line_start_ = true;
    bool after_cr_ = false;
};

}  // namespace mailpipe::io
