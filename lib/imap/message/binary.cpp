// SPDX-License-Identifier: ISC
#include "imap/message/binary.hpp"

#include <algorithm>
#include <string>

#include "mime/content.hpp"
#include "mime/decoder.hpp"
#include "mime/part_number.hpp"

namespace mailpipe::imap {

namespace {

constexpr std::size_t piece_octets = 16 * 1024;

/// The content, piece by piece.
class Content {
public:
    explicit Content(const BinaryPart& part) : part_(part), left_(part.body), decoder_(part.encoding) {}

    /// False behind the last piece, which may be empty, as any. A piece lives until the next one.
    bool next(std::string_view& piece) {
        if (is_over_) return false;
        is_over_ = left_.empty();
        decoded_.clear();
        if (is_over_) decoder_.finish(decoded_);
        else decode(left_.substr(0, piece_octets));
        left_.remove_prefix(std::min(piece_octets, left_.size()));
        piece = part_.is_text ? in_lines(wire_out_, lines_out_, decoded_) : decoded_;
        return true;
    }

private:
    static std::string_view in_lines(mime::WireText& wire, std::string& lines, std::string_view piece) {
        lines.clear();
        wire.append(piece, lines);
        return lines;
    }

    /// What stands in the message in lines is so on the wire, too; to base64 and uuencode they mean nothing.
    void decode(std::string_view piece) {
        const bool has_lines = mime::is_identity(part_.encoding) || part_.encoding == mime::TransferEncoding::quoted_printable;
        decoder_.decode(has_lines ? in_lines(wire_in_, lines_in_, piece) : piece, decoded_);
    }

    const BinaryPart& part_;
    std::string_view left_;
    mime::Decoder decoder_;
    mime::WireText wire_in_, wire_out_;
    std::string lines_in_, lines_out_, decoded_;
    bool is_over_ = false;
};

/// Gives `take` the octets from `begin` to `end` of the content, as many as there are.
void for_window(const BinaryPart& part, std::uint64_t begin, std::uint64_t end, const mime::Sink& take) {
    Content content{part};
    std::string_view piece;
    for (std::uint64_t at = 0; at < end && content.next(piece); at += piece.size()) {
        if (at + piece.size() <= begin) continue;
        const auto from = begin > at ? begin - at : 0;
        take(piece.substr(from, end - at - from));
    }
}

}  // namespace

std::optional<BinaryPart> find_binary(std::string_view message, const mime::Structure& structure, std::string_view part) {
    if (part.empty()) return BinaryPart{message};
    const auto found = mime::find_part(structure, part);
    if (!found) return {};
    const auto& one = structure.parts[*found];
    if (one.kind != mime::Part::Kind::leaf) return BinaryPart{one.body.of(message)};
    const auto encoding = mime::transfer_encoding(message, one);
    const bool is_text = !mime::is_identity(encoding) && mime::content_type(message, one).type == "text";
    return BinaryPart{one.body.of(message), encoding, is_text};
}

std::uint64_t binary_size(const BinaryPart& part) {
    std::uint64_t octets = 0;
    for_window(part, 0, UINT64_MAX, [&](std::string_view piece) { octets += piece.size(); });
    return octets;
}

void write_binary(const BinaryPart& part, const std::optional<Partial>& partial, const mime::Sink& sink) {
    const auto begin = partial ? partial->offset : 0;
    const auto end = begin + std::min(partial ? partial->octets : UINT64_MAX, UINT64_MAX - begin);
    std::uint64_t octets = 0;
    bool has_nul = false;
    for_window(part, begin, end, [&](std::string_view piece) {
        octets += piece.size();
        has_nul = has_nul || piece.find('\0') != std::string_view::npos;
    });
    sink((has_nul ? "~{" : "{") + std::to_string(octets) + "}\r\n");
    for_window(part, begin, end, sink);
}

}  // namespace mailpipe::imap
