// SPDX-License-Identifier: ISC
#include "io/dot_stuffing.hpp"

namespace mailpipe::io {

void DotStuffer::write(std::string_view piece) {
    while (!piece.empty()) {
        if (after_cr_ && piece.front() == '\n') piece.remove_prefix(1);
        after_cr_ = false;
        if (piece.empty()) return;

        if (at_line_start_ && piece.front() == '.') channel_.write(".");
        const auto end = piece.find_first_of("\r\n");
        channel_.write(piece.substr(0, end));
        at_line_start_ = end != std::string_view::npos;
        if (!at_line_start_) return;
        channel_.write("\r\n");
        after_cr_ = piece[end] == '\r';
        piece.remove_prefix(end + 1);
    }
}

void DotStuffer::finish() {
    channel_.write(at_line_start_ ? ".\r\n" : "\r\n.\r\n");
    at_line_start_ = true;
    after_cr_ = false;
}

}  // namespace mailpipe::io
