// SPDX-License-Identifier: ISC
// How long a message with LF (or mixed) line ends is on the wire, where every line end is CRLF.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::io {

/// RFC822.SIZE, POP3's sizes, W= in a Maildir name: an LF counts two octets where no CR is before it. A CR alone is an
/// octet like any other, as for Dovecot, which corrects a name that says otherwise; POP3 and IMAP send it as it is.
class WireSize {
public:
    /// The next piece, however the message is cut.
    void add(std::string_view piece);
    /// Of everything so far; a last line without an end counts as it stands.
    std::uint64_t octets() const { return octets_; }

private:
    std::uint64_t octets_ = 0;
    bool after_cr_ = false;
};

/// Of a whole message.
std::uint64_t wire_octets(std::string_view message);

struct MeasuredFile {
    std::uint64_t octets;
    std::uint64_t wire_octets;
};
/// Reads the file from where it stands.
Result<MeasuredFile> measure(const Fd& file);

}  // namespace mailpipe::io
