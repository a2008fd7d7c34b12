// SPDX-License-Identifier: ISC
#include "view/part_body.hpp"

#include <fmt/format.h>

#include "mime/content_type.hpp"
#include "mime/decoder.hpp"
#include "mime/part_number.hpp"
#include "mime/text_part.hpp"
#include "text/charset.hpp"

namespace mailpipe::view {

void write_decoded(std::string_view message, const mime::Part& part, const mime::Sink& out) {
    const auto body = part.body.of(message);
    const auto encoding = mime::transfer_encoding(message, part);
    if (part.kind != mime::Part::Kind::leaf || mime::is_identity(encoding)) return out(body);
    mime::Decoder decoder{encoding};
    std::string piece;
    mime::for_pieces(body, [&](std::string_view encoded) {
        decoder.decode(encoded, piece);
        out(piece);
        piece.clear();
    });
    decoder.finish(piece);
    out(piece);
}

Result<void> write_part(std::string_view message, const mime::Structure& structure, const PartRequest& request, const mime::Sink& out) {
    const auto found = mime::find_part(structure, request.number);
    if (!found) return failure({Fault::permanent, fmt::format("there is no part {}", request.number)});
    const auto& part = structure.parts[*found];
    const bool is_text = part.kind == mime::Part::Kind::leaf && mime::content_type(message, part).type == "text";
    if (request.is_raw) {
        out(part.body.of(message));
    } else if (is_text && !request.charset.empty()) {
        const auto text = text::from_utf8(mime::text_of(message, part), request.charset);
        if (!text) return failure({Fault::permanent, "nobody knows the charset " + request.charset, ExitStatus::usage});
        out(*text);
    } else {
        write_decoded(message, part, out);
    }
    return {};
}

}  // namespace mailpipe::view
