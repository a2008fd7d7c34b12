// SPDX-License-Identifier: ISC
// From a file with LF to the wire, up to the final dot (RFC 5321 section 4.5.2, RFC 1939 section 3).
#pragma once

#include <string_view>

#include "io/channel.hpp"
#include "io/wire_text.hpp"

namespace mailpipe::io {

class DotStuffer {
public:
    explicit DotStuffer(Channel& channel, BareCr bare_cr = BareCr::line_end) : channel_(channel), text_(Dots::stuffed, bare_cr) {}

    /// The next piece of the message, with LF or CRLF line ends.
    void write(std::string_view piece);
    /// Ends the last line where it has no end, and writes the final dot. Nothing is flushed.
    void finish();

private:
    Channel& channel_;
    WireText text_;
};

}  // namespace mailpipe::io
