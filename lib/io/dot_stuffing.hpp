// SPDX-License-Identifier: ISC
// From a file with LF to the wire: CRLF line ends, a dot before a dot at a line's start (RFC 5321 section 4.5.2,
// RFC 1939 section 3).
#pragma once

#include <string_view>

#include "io/channel.hpp"

namespace mailpipe::io {

class DotStuffer {
public:
    explicit DotStuffer(Channel& channel) : channel_(channel) {}

    /// The next piece of the message, with LF or CRLF line ends. A bare CR goes out as a line end.
    void write(std::string_view piece);
    /// Ends the last line where it has no end, and writes the final dot. Nothing is flushed.
    void finish();

private:
    Channel& channel_;
    bool at_line_start_ = true;
    bool after_cr_ = false;
};

}  // namespace mailpipe::io
