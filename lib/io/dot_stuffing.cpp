// SPDX-License-Identifier: ISC
#include "io/dot_stuffing.hpp"

#include <cstring>

namespace mailpipe::io {

namespace {

char* put(std::string_view text, char* out) {
    std::memcpy(out, text.data(), text.size());
    return out + text.size();
}

}  // namespace

/// A piece of one line, without its LF. After it, and only then, after_cr_ tells whether it ended with CR.
char* DotStuffer::encode_line(std::string_view line, char* out) {
    while (!line.empty()) {
        if (at_line_start_ && line.front() == '.') *out++ = '.';
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

char* DotStuffer::encode(std::string_view piece, char* out) {
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

void DotStuffer::write(std::string_view piece) {
    char out[8192];
    while (!piece.empty()) {
        const auto part = piece.substr(0, sizeof out / 3);  // an octet becomes three at most: a dot, and CRLF
        channel_.write({out, static_cast<std::size_t>(encode(part, out) - out)});
        piece.remove_prefix(part.size());
    }
}

void DotStuffer::finish() {
    channel_.write(at_line_start_ ? ".\r\n" : "\r\n.\r\n");
    at_line_start_ = true;
    after_cr_ = false;
}

}  // namespace mailpipe::io
