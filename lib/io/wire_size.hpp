// SPDX-License-Identifier: ISC
// How long a message with LF (or mixed) line ends is on the wire, where every line end is CRLF.
#pragma once

#include <cstdint>
#include <string_view>

namespace mailpipe::io {

/// Counts what DotStuffer sends, but for the dots and the end: RFC822.SIZE, POP3's sizes, W= in a Maildir name.
class WireSize {
public:
    /// The next piece, however the message is cut.
    void add(std::string_view piece);
    /// Of everything so far; a last line without an end counts as it stands.
    std::uint64_t octets() const { return octets_ + (after_cr_ ? 1 : 0); }

private:
    std::uint64_t octets_ = 0;
    bool after_cr_ = false;
};

}  // namespace mailpipe::io
