// SPDX-License-Identifier: ISC
#include "io/wire_text.hpp"

#include <cstring>

namespace mailpipe::io {

namespace {

char* put(std::string_view text, char* out) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

}  // namespace

/// A piece of one line, without its LF. After it, and only then, after_cr_ tells whether it ended with CR.
char* WireText::encode_line(std::string_view line, char* out) {
    while (!line.empty()) {
        if (at_line_start_ && line.front() == '.' && dots_ == Dots::stuffed) *out++ = '.';
        const auto cr = bare_cr_ == BareCr::keep ? std::string_view::npos : line.find('\r');
        if (cr == std::string_view::npos) {
            at_line_start_ = false;
            after_cr_ = line.back() == '\r';
            return put(line, out);
        }
        out = put("\r\n", put(line.substr(0, cr), out));
        line.remove_prefix(cr + 1);
        at_line_start_ = after_cr_ = true;
    }
    return out;
}

char* WireText::encode(std::string_view piece, char* out) {
    while (!piece.empty()) {
        const auto lf = piece.find('\n');
        if (lf != 0) {
            after_cr_ = false;
            out = encode_line(piece.substr(0, lf), out);
        }
        if (lf == std::string_view::npos) return out;
        // The CR of a CRLF is out already: as it was, or as a whole line end.
        if (!after_cr_) *out++ = '\r';
        if (!after_cr_ || bare_cr_ == BareCr::keep) *out++ = '\n';
        after_cr_ = false;
        at_line_start_ = true;
        piece.remove_prefix(lf + 1);
    }
    return out;
}

std::string_view WireText::finish() {
    const std::string_view end = at_line_start_ ? "" : "\r\n";
    at_line_start_ = true;
    after_cr_ = false;
    return end;
}

}  // namespace mailpipe::io
