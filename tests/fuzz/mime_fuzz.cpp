// SPDX-License-Identifier: ISC
// Parts lie within each other, have the octets and lines that they tell, and can be named and decoded; in pieces as whole.
#include <algorithm>
#include <cstdint>

#include "fuzz/require.hpp"
#include "mime/decoder.hpp"
#include "mime/part_number.hpp"
#include "view/finding_list.hpp"
#include "view/part_list.hpp"

using namespace mailpipe::mime;

namespace {

Extent on_the_wire(std::string_view message, const Range& range) {
    Extent extent{range.size(), 0};
    for (auto at = range.begin; at < range.end; ++at) {
        extent.lines += message[at] == '\n';
        extent.octets += message[at] == '\n' && (at == 0 || message[at - 1] != '\r');
    }
    return extent;
}

void require_sound(std::string_view message, const Structure& structure, std::size_t index) {
    const auto& part = structure.parts[index];
    require(part.header.begin <= part.header.end && part.header.end == part.body.begin);
    require(part.body.begin <= part.body.end && part.body.end <= message.size());
    require(part.header_extent == on_the_wire(message, part.header) && part.body_extent == on_the_wire(message, part.body));
    const auto number = part_number(structure, index);
    require(number.empty() || find_part(structure, number) == index);
    if (index == 0) return;
    const auto& parent = structure.parts[part.parent];
    require(part.parent < index && part.depth == parent.depth + 1 && parent.kind != Part::Kind::leaf);
    require(parent.body.begin <= part.header.begin);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view message{reinterpret_cast<const char*>(data), size};
    const auto structure = read_structure(message, {.depth = 10, .parts = 50, .fields = 50, .findings = 50});
    require(!structure.parts.empty() && structure.parts.size() <= 51);
    for (std::size_t index = 0; index < structure.parts.size(); ++index) require_sound(message, structure, index);
    (void)mailpipe::view::list_parts(message, structure);
    (void)mailpipe::view::list_findings(message, structure, "");

    const auto& last = structure.parts.back();
    const auto body = last.body.of(message);
    for (const auto encoding : {TransferEncoding::base64, TransferEncoding::quoted_printable, TransferEncoding::uuencode}) {
        Decoder decoder{encoding};
        std::string pieces;
        for (auto left = body; !left.empty(); left.remove_prefix(std::min<std::size_t>(3, left.size()))) decoder.decode(left.substr(0, 3), pieces);
        decoder.finish(pieces);
        require(pieces == decoded(body, encoding));
    }
    return 0;
}
