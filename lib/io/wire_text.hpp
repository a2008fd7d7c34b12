// SPDX-License-Identifier: ISC
// A message with LF (or mixed) line ends as it goes over the wire, in whatever pieces: CRLF line ends (RFC 5321 section
// 2.3.8), a dot before a dot at a line's start where that is wanted (RFC 5321 section 4.5.2, RFC 1939 section 3).
#pragma once

#include <cstddef>
#include <string_view>

namespace mailpipe::io {

/// What becomes of a CR without LF.
enum class BareCr {
    line_end,  ///< SMTP, where it must not be sent (RFC 5321 section 2.3.8)
    keep,      ///< POP3: the message as it is
};

enum class Dots {
    stuffed,
    kept,  ///< BDAT, which counts octets
};

class WireText {
public:
    /// An octet becomes so many at most: a dot, and CRLF; or CRLF alone where dots are kept.
    static constexpr std::size_t most_growth = 3;
    static constexpr std::size_t most_growth_with_dots_kept = 2;

    WireText(Dots dots, BareCr bare_cr) : dots_(dots), bare_cr_(bare_cr) {}

    /// The next piece, to `out`, which has room for what it may grow to. Returns the end of it.
    char* encode(std::string_view piece, char* out);
    /// What the last line lacks: CRLF, or nothing. The next piece begins another message.
    std::string_view finish();

private:
    char* encode_line(std::string_view line, char* out);

    Dots dots_;
    BareCr bare_cr_;
    bool at_line_start_ = true;
    bool after_cr_ = false;
};

}  // namespace mailpipe::io
