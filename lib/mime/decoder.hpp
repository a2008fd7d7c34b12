// SPDX-License-Identifier: ISC
// Content-Transfer-Encodings undone, piece by piece: base64 and quoted-printable (RFC 2045 section 6), uuencode.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/content_type.hpp"

namespace mailpipe::mime {

/// Decodes one body. Memory does not grow with it: what is kept between two pieces is a line of uuencode at most, and of
/// quoted-printable the blanks at the end of a piece.
class Decoder {
public:
    explicit Decoder(TransferEncoding encoding) : encoding_(encoding) {}

    /// Appends to `out` what `piece` has brought.
    void decode(std::string_view piece, std::string& out);
    /// The last of it: there are no more pieces.
    void finish(std::string& out);

    /// False: something had to be overlooked. base64: octets of no alphabet but blanks and line ends, an end in
    /// mid-quantum, anything behind the padding (where decoding ends). quoted-printable: a '=' without two hexadecimal
    /// digits behind it, which stays. uuencode: no "begin", no "end", a line of a wrong length.
    bool is_sound() const { return is_sound_; }

private:
    void decode_base64(std::string_view piece, std::string& out);
    void decode_quoted_printable(std::string_view piece, std::string& out);
    void quoted_line(std::string_view line, std::string& out);
    void hold_quoted_end(std::string_view text, std::string& out);
    void quoted_text(std::string_view text, std::string& out);
    void decode_uuencode(std::string_view piece, std::string& out);
    void uuencoded_line(std::string_view line, std::string& out);
    void padding();

    TransferEncoding encoding_;
    bool is_sound_ = true;
    // base64
    std::uint32_t bits_ = 0;  // of an unfinished quantum
    int digits_ = 0;          // of it: 0 to 3
    int paddings_ = 0;
    bool is_over_ = false;  // also uuencode
    // quoted-printable: "=" or "=4" or blanks that may end the line; uuencode: the line's beginning
    std::string held_;
    bool is_long_run_ = false;  // of quoted-printable's blanks, which were given out
    bool has_begun_ = false;
};

/// The whole of it at once.
std::string decoded(std::string_view body, TransferEncoding encoding);

}  // namespace mailpipe::mime
