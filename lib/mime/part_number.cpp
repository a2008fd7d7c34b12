// SPDX-License-Identifier: ISC
#include "mime/part_number.hpp"

#include <algorithm>

#include "base/number.hpp"

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

/// The part of that number in `part`, or in the message if `part` is to be the whole of it. What contains others stands
/// before them: looked for one in the other, no part is looked at twice.
std::optional<std::size_t> part_within(const Structure& structure, std::size_t part, std::uint32_t number, bool is_whole) {
    const auto& parts = structure.parts;
    if (part >= parts.size() || (!is_whole && parts[part].kind == Kind::leaf)) return {};
    const auto body = !is_whole && parts[part].kind == Kind::message ? part + 1 : part;
    if (parts[body].kind != Kind::multipart) return number == 1 ? std::optional{body} : std::nullopt;
    for (auto child = body + 1; child < parts.size(); ++child) {
        if (parts[child].parent == body && parts[child].number == number) return child;
    }
    return {};
}

}  // namespace

std::string part_number(const Structure& structure, std::size_t part) {
    const auto& one = structure.parts[part];
    const bool is_body = part == 0 || structure.parts[one.parent].kind == Kind::message;
    if (is_body && one.kind == Kind::multipart) return {};
    return prefix(structure, part) + std::to_string(is_body ? 1 : one.number);
}

std::optional<std::size_t> find_part(const Structure& structure, std::string_view number) {
    std::size_t part = 0;
    for (bool is_first = true; is_first || !number.empty(); is_first = false) {
        const auto dot = std::min(number.find('.'), number.size());
        const auto digits = number.substr(0, dot);
        const auto wanted = digits.starts_with('0') ? std::nullopt : to_number<std::uint32_t>(digits);
        if (!wanted || dot + 1 == number.size()) return {};
        const auto found = part_within(structure, part, *wanted, is_first);
        if (!found) return {};
        part = *found;
        number.remove_prefix(std::min(dot + 1, number.size()));
    }
    return part;
}

}  // namespace mailpipe::mime
