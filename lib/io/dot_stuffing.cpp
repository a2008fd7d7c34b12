// SPDX-License-Identifier: ISC
#include "io/dot_stuffing.hpp"

namespace mailpipe::io {

void DotStuffer::write(std::string_view piece) {
    char out[8192];
    while (!piece.empty()) {
        const auto part = piece.substr(0, sizeof out / WireText::most_growth);
        channel_.write({out, static_cast<std::size_t>(text_.encode(part, out) - out)});
        piece.remove_prefix(part.size());
    }
}

void DotStuffer::finish() {
    channel_.write(text_.finish());
    channel_.write(".\r\n");
}

}  // namespace mailpipe::io
