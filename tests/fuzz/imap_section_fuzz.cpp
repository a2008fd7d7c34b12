// SPDX-License-Identifier: ISC
// A section and a partial, then the message: what is written is what is announced, and a partial is cut out of the whole.
// Its preview is text.
#include <algorithm>
#include <cstdint>
#include <string>

#include "base/number.hpp"
#include "base/utf8.hpp"
#include "fuzz/require.hpp"
#include "imap/message/binary.hpp"
#include "imap/message/preview.hpp"
#include "imap/message/section_text.hpp"
#include "text/line.hpp"

using namespace mailpipe;
using imap::Partial;
using imap::Section;

namespace {

/// The octets behind "{n}" CRLF or "~{n}" CRLF, which are n.
std::string_view content(std::string_view written) {
    const bool has_nul = written.starts_with('~');
    if (has_nul) written.remove_prefix(1);
    require(written.starts_with('{'));
    written.remove_prefix(1);
    const auto octets = take_number<std::uint64_t>(written);
    require(octets && written.starts_with("}\r\n"));
    written.remove_prefix(3);
    require(*octets == written.size());
    require(has_nul == (written.find('\0') != written.npos));
    return written;
}

void require_cut(std::string_view part, std::string_view whole, const Partial& partial) {
    const auto rest = whole.substr(std::min<std::uint64_t>(partial.offset, whole.size()));
    require(part == rest.substr(0, std::min<std::uint64_t>(partial.octets, rest.size())));
}

std::string section_text(std::string_view message, const mime::Structure& structure, const Section& section,
                         const std::optional<Partial>& partial) {
    std::string out;
    imap::write_section(message, structure, section, partial, [&](std::string_view piece) { out += piece; });
    return out;
}

std::string binary(const imap::BinaryPart& part, const std::optional<Partial>& partial) {
    std::string out;
    imap::write_binary(part, partial, [&](std::string_view piece) { out += piece; });
    return out;
}

/// One line: the kind of text, the partial's two numbers, the part, names of fields.
Section take_section(std::string_view line, Partial& partial) {
    Section section;
    if (!line.empty()) section.text = static_cast<Section::Text>(static_cast<unsigned char>(line.front()) % 6);
    line.remove_prefix(std::min<std::size_t>(1, line.size()));
    partial.offset = take_number<std::uint64_t>(line).value_or(0);
    line.remove_prefix(std::min<std::size_t>(1, line.size()));
    partial.octets = take_number<std::uint64_t>(line).value_or(1);
    line.remove_prefix(std::min<std::size_t>(1, line.size()));
    const auto part = line.substr(0, line.find(' '));
    section.part = part;
    line.remove_prefix(part.size());
    while (!line.empty()) {
        line.remove_prefix(1);
        const auto name = line.substr(0, line.find(' '));
        section.fields.emplace_back(name);
        line.remove_prefix(name.size());
    }
    return section;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view message{reinterpret_cast<const char*>(data), size};
    Partial partial{};
    const auto section = take_section(text::take_line(message), partial);
    const auto structure = mime::read_structure(message, {.depth = 10, .parts = 50, .fields = 50, .findings = 50});

    const auto preview = imap::preview(message, structure);
    require(is_utf8(preview) && preview.size() <= 4 * imap::max_preview_characters && preview.find('\n') == preview.npos);
    const auto whole = section_text(message, structure, section, {});
    if (whole != "NIL") require_cut(content(section_text(message, structure, section, partial)), content(whole), partial);
    const auto part = imap::find_binary(message, structure, section.part);
    if (!part || !part->can_be_decoded()) return 0;
    const auto decoded = binary(*part, {});
    require(content(decoded).size() == imap::binary_size(*part));
    require_cut(content(binary(*part, partial)), content(decoded), partial);
    return 0;
}
