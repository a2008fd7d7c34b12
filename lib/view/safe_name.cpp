// SPDX-License-Identifier: ISC
#include "view/safe_name.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace mailpipe::view {

namespace {

constexpr std::size_t max_extension_octets = 20;  // with its dot

struct Split {
    std::string_view stem, extension;
};
Split split(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == name.npos || dot == 0 || name.size() - dot > max_extension_octets) return {name, {}};
    return {name.substr(0, dot), name.substr(dot)};
}

/// At most so many octets, no character cut in two.
std::string_view shortened(std::string_view text, std::size_t octets) {
    if (text.size() <= octets) return text;
    while (octets > 0 && (static_cast<unsigned char>(text[octets]) & 0xc0) == 0x80) --octets;
    return text.substr(0, octets);
}

}  // namespace

std::string safe_name(std::string_view name) {
    name = trim(name.substr(name.find_last_of("/\\") + 1));
    std::string safe;
    while (!name.empty()) {
        const auto character = name.substr(0, std::max<std::size_t>(character_octets(name), 1));
        const bool is_hidden_or_option = safe.empty() && (character == "." || character == "-");
        safe += printable_octets(name) == 0 || is_hidden_or_option ? "_" : character;
        name.remove_prefix(character.size());
    }
    const auto [stem, extension] = split(safe);
    return std::string(shortened(stem, max_name_octets - extension.size())).append(extension);
}

std::string numbered_name(std::string_view name, std::size_t number) {
    const auto [stem, extension] = split(name);
    return std::string(stem).append("-").append(std::to_string(number)).append(extension);
}

}  // namespace mailpipe::view
