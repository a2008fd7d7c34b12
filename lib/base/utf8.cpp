// SPDX-License-Identifier: ISC
#include "base/utf8.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace mailpipe {

namespace {

struct Lead {
    unsigned char from, to;  // the first octet
    unsigned char low, high; // the second
    std::size_t size;
};
// RFC 3629 section 4, UTF8-2 to UTF8-4.
constexpr Lead leads[] = {
    {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3}, {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
};

constexpr bool between(char c, unsigned char low, unsigned char high) {
    const auto octet = static_cast<unsigned char>(c);
    return octet >= low && octet <= high;
}

}  // namespace

std::size_t character_octets(std::string_view octets) {
    if (is_ascii(octets[0])) return 1;
    for (const auto& lead : leads) {
        if (!between(octets[0], lead.from, lead.to)) continue;
        if (octets.size() < lead.size || !between(octets[1], lead.low, lead.high)) return 0;
        for (std::size_t i = 2; i < lead.size; ++i) {
            if (!between(octets[i], 0x80, 0xbf)) return 0;
        }
        return lead.size;
    }
    return 0;
}

std::size_t printable_octets(std::string_view octets) {
    const auto size = character_octets(octets);
    const bool is_c1 = size == 2 && octets[0] == '\xc2' && between(octets[1], 0x80, 0x9f);
    return is_c1 || is_control(octets[0]) ? 0 : size;
}

bool is_utf8(std::string_view octets) {
    while (!octets.empty()) {
        const auto size = character_octets(octets);
        if (size == 0) return false;
        octets.remove_prefix(size);
    }
    return true;
}

std::string for_terminal(std::string_view octets) {
    std::string shown;
    shown.reserve(octets.size());
    while (!octets.empty()) {
        const auto character = octets.substr(0, std::max<std::size_t>(character_octets(octets), 1));
        const bool is_shown = printable_octets(octets) > 0 || character == "\n" || character == "\t";
        shown += is_shown ? character : "?";
        octets.remove_prefix(character.size());
    }
    return shown;
}

}  // namespace mailpipe
