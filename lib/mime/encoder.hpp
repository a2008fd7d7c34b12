// SPDX-License-Identifier: ISC
// Content-Transfer-Encodings made, piece by piece: base64 and quoted-printable (RFC 2045 section 6). Undone: decoder.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/content.hpp"
#include "mime/content_type.hpp"

namespace mailpipe::mime {

/// What ends a line of the content. Quoted-printable leaves such an end a line end (RFC 2045 section 6.7, rule 4) and
/// encodes every other CR and LF; base64 holds it as CRLF (RFC 2045 section 6.8).
enum class Lines : std::uint8_t {
    any,   ///< LF, and CRLF: text in a file
    crlf,  ///< CRLF alone: text as it is on the wire
    none,  ///< there are no lines, just octets
};

/// Encodes one body: base64 and quoted-printable in lines of 76 octets at most. In quoted-printable no line ends in a blank, is a lone ".", or begins
/// with "From " or "--"; nor does one of base64: so no delimiter of a multipart comes in an encoded body, whatever its
/// boundary is. Memory does not grow with the body: a line and a piece are kept at most.
class Encoder {
public:
    /// Other encodings than base64 and quoted-printable change nothing but the line ends. `line_end`, LF or CRLF, ends the
    /// lines that come out; it must live as long as the encoder.
    Encoder(TransferEncoding encoding, Lines lines, std::string_view line_end = "\n")
        : encoding_(encoding), lines_(lines), line_end_(line_end) {}

    /// Appends to `out` what `piece` has brought.
    void encode(std::string_view piece, std::string& out);
    /// The last of it: there are no more pieces. Ends the last line only where the content does, in base64 never.
    void finish(std::string& out);

private:
    void encode_base64(std::string_view piece, std::string& out);
    void encode_quoted_printable(std::string_view piece, std::string& out);
    void copy_lines(std::string_view piece, std::string& out);
    void add(std::string_view text, std::string& out);
    void add_code(char c, std::string& out);
    void break_line(std::string& out);
    void guard_end(std::string& out);
    void end_line(std::string& out);

    TransferEncoding encoding_;
    Lines lines_;
    std::string_view line_end_;
    std::string held_;        // base64: octets of a line that is not full; quoted-printable: the line as it will come out
    std::size_t last_ = 0;    // quoted-printable: octets of the last token in it, a character or its code
    bool follows_cr_ = false;  // which has not come out yet; never in base64
    bool has_lines_ = false;  // base64
    WireText wire_;           // base64
};

}  // namespace mailpipe::mime
