// SPDX-License-Identifier: ISC
#include "mime/part_number.hpp"

namespace mailpipe::mime {

namespace {

using Kind = Part::Kind;

/// Of what contains the part, with a dot behind it.
std::string prefix(const Structure& structure, std::size_t part) {
    std::string text;
    while (part != 0) {
        part = structure.parts[part].parent;
        const auto& outer = structure.parts[part];
        const bool is_body = part == 0 || structure.parts[outer.parent].kind == Kind::message;
        if (outer.kind == Kind::multipart && is_body) continue;  // its children count for the message
        const auto number = is_body ? 1 : outer.number;
        text.insert(0, std::to_string(number) + ".");
    }
    return text;
}

}  // namespace

std::string part_number(const Structure& structure, std::size_t part) {
    const auto& one = structure.parts[part];
    const bool is_body = part == 0 || structure.parts[one.parent].kind == Kind::message;
    if (is_body && one.kind == Kind::multipart) return {};
    return prefix(structure, part) + std::to_string(is_body ? 1 : one.number);
}

std::optional<std::size_t> find_part(const Structure& structure, std::string_view number) {
    for (std::size_t part = 0; part < structure.parts.size() && !number.empty(); ++part) {
        if (part_number(structure, part) == number) return part;
    }
    return {};
}

}  // namespace mailpipe::mime
