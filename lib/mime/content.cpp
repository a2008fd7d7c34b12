// SPDX-License-Identifier: ISC
#include "mime/content.hpp"

#include <utility>

#include "mime/decoder.hpp"

namespace mailpipe::mime {

void WireText::append(std::string_view piece, std::string& out) {
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        const auto text = piece.substr(0, end);
        out += text;
        if (!text.empty()) follows_cr_ = text.ends_with('\r');
        if (end == std::string_view::npos) return;
        out += std::exchange(follows_cr_, false) ? "\n" : "\r\n";
        piece.remove_prefix(end + 1);
    }
}

bool read_content(std::string_view body, TransferEncoding encoding, const Sink& sink) {
    Decoder decoder{encoding};
    WireText wire;
    std::string lines;
    std::string out;
    for_pieces(body, [&](std::string_view piece) {
        if (encoding == TransferEncoding::quoted_printable) {
            lines.clear();
            wire.append(piece, lines);
            piece = lines;
        }
        decoder.decode(piece, out);
        sink(out);
        out.clear();
    });
    decoder.finish(out);
    sink(out);
    return decoder.is_sound();
}

}  // namespace mailpipe::mime
