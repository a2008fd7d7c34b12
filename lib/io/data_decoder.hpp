// SPDX-License-Identifier: ISC
// What comes after DATA's 354 or in BDAT's chunks: finds the end, undoes dot-stuffing, turns CRLF into LF
// (RFC 5321 section 4.5.2, RFC 3030 section 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace mailpipe::io {

/// Works in place on whatever pieces the network gives. Only CRLF "." CRLF ends the data (or "." CRLF at its very
/// start). A CR without LF, or an LF without CR, comes out as a line end, is noted, and never counts as the CRLF of
/// the end: whoever relays one as it is invites SMTP smuggling (CVE-2023-51764). The caller refuses or goes on.
class DataDecoder {
public:
    enum class Form {
        dotted,   ///< DATA: with dot-stuffing and an end
        chunked,  ///< BDAT: neither
    };

    explicit DataDecoder(Form form) : form_(form) {}

    struct Step {
        std::size_t consumed;     ///< octets of the input that belong to the message: all, unless the end came
        std::string_view before;  ///< what was held back from the last piece: nothing or a line end; comes first
        std::string_view text;    ///< the message's text, inside the memory of the input
        bool end;                 ///< the end of data was in this piece
    };
    Step decode(std::span<char> input);

    /// For Form::chunked, after the last chunk: a CR as the last octet is a bare one.
    void finish();

    bool saw_bare_newline() const { return bare_newline_; }
    /// Octets of the message with every line end as two (RFC 1870 section 5).
    std::uint64_t wire_octets() const { return wire_octets_; }

private:
    enum class State {
        line_start,  // after CRLF, or at the beginning
        line,        // anywhere else
        cr,          // CR seen; its line end is out already
        dot,         // "." at a line start seen, and dropped
        dot_cr,      // then CR; its line end is held back
    };
    char* decode_line(const char*& at, const char* end, char* out);

    Form form_;
    State state_ = State::line_start;
    bool bare_newline_ = false;
    std::uint64_t wire_octets_ = 0;
};

}  // namespace mailpipe::io
