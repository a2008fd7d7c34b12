// SPDX-License-Identifier: ISC
// What octets can be sent as: 7bit, 8bit or binary data (RFC 2045 section 2.7), and in which encoding.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mime/encoder.hpp"
#include "text/line.hpp"

namespace mailpipe::mime {

class Survey {
public:
    explicit Survey(Lines lines) : lines_(lines) {}

    /// Goes on where the piece before ended.
    void add(std::string_view piece);

    /// Of all that came: seven_bit; eight_bit (RFC 2045 section 2.8) with octets above 127 in it; binary with a NUL, a CR or
    /// LF that ends no line, or a line of more than text::max_line_octets.
    TransferEncoding kind() const;
    /// quoted_printable or base64, whichever is the shorter; the readable one of two alike.
    TransferEncoding shorter() const;
    /// The last line has its end, or there is none.
    bool ends_with_line() const { return line_octets_ == 0; }

private:
    void add_break(char c);

    Lines lines_;
    std::uint64_t octets_ = 0;
    std::uint64_t codes_ = 0;  // octets that quoted-printable makes three of
    std::size_t line_octets_ = 0;
    bool is_eight_bit_ = false;
    bool is_binary_ = false;
    bool follows_cr_ = false;
};

/// The whole of it at once.
Survey survey(std::string_view octets, Lines lines);

}  // namespace mailpipe::mime
