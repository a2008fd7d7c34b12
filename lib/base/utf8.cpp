// SPDX-License-Identifier: ISC
#include "base/utf8.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

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

constexpr std::uint64_t each(unsigned char octet) { return octet * 0x0101010101010101u; }

constexpr std::uint64_t has_8bit(std::uint64_t eight) { return eight & each(0x80); }
constexpr std::uint64_t has_8bit_or_control(std::uint64_t eight) {
    const auto del = eight ^ each(0x7f);  // 0 where one is
    return (eight | (eight - each(' ')) | (del - each(1))) & each(0x80);
}

/// Of ASCII, what stays as it is on a terminal.
constexpr bool is_terminal_text(char c) { return is_ascii(c) && (!is_control(c) || c == '\n' || c == '\t'); }

/// How many octets it begins with that `is_good` likes, found eight at a time: `suspects` has no bit set where all eight are good.
template <typename Suspects, typename IsGood>
std::size_t run_of(std::string_view octets, const Suspects& suspects, const IsGood& is_good) {
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= octets.size(); at += sizeof eight) {
        std::memcpy(&eight, octets.data() + at, sizeof eight);
        if (suspects(eight) != 0 && !std::ranges::all_of(octets.substr(at, sizeof eight), is_good)) break;
    }
    const auto rest = octets.substr(at);
    return at + static_cast<std::size_t>(std::ranges::find_if_not(rest, is_good) - rest.begin());
}

bool breaks_or_turns(std::string_view character) {
    return character.size() == 3 && ((character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae") ||
                                     (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9"));
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

std::size_t ascii_octets(std::string_view octets) {
    return run_of(octets, has_8bit, is_ascii);
}

std::size_t printable_octets(std::string_view octets) {
    const auto size = character_octets(octets);
    const bool is_c1 = size == 2 && octets[0] == '\xc2' && between(octets[1], 0x80, 0x9f);
    return is_c1 || is_control(octets[0]) || breaks_or_turns(octets.substr(0, size)) ? 0 : size;
}

bool is_utf8(std::string_view octets) {
    while (octets.remove_prefix(ascii_octets(octets)), !octets.empty()) {
        const auto size = character_octets(octets);
        if (size == 0) return false;
        octets.remove_prefix(size);
    }
    return true;
}

char32_t take_character(std::string_view& utf8) {
    const auto first = static_cast<unsigned char>(utf8.front());
    const unsigned size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t character = size == 1 ? first : first & (0x7fu >> size);
    for (unsigned i = 1; i < size; ++i) character = character << 6 | (static_cast<unsigned char>(utf8[i]) & 0x3fu);
    utf8.remove_prefix(size);
    return character;
}

void append_character(std::string& utf8, char32_t character) {
    constexpr unsigned marks[] = {0, 0xc0, 0xe0, 0xf0};
    unsigned follow = character < 0x80 ? 0 : character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
    utf8 += static_cast<char>(marks[follow] | character >> (6 * follow));
    while (follow-- > 0) utf8 += static_cast<char>(0x80 | (character >> (6 * follow) & 0x3f));
}

std::string for_terminal(std::string_view octets) {
    std::string shown;
    shown.reserve(octets.size());
    for (;;) {
        const auto plain = run_of(octets, has_8bit_or_control, is_terminal_text);
        shown += octets.substr(0, plain);
        octets.remove_prefix(plain);
        if (octets.empty()) return shown;
        const auto character = octets.substr(0, std::max<std::size_t>(character_octets(octets), 1));
        shown += printable_octets(octets) > 0 ? character : "?";
        octets.remove_prefix(character.size());
    }
}

std::string line_for_terminal(std::string_view octets) {
    auto line = for_terminal(octets);
    std::ranges::replace_if(line, [](char c) { return c == '\n' || c == '\t'; }, '?');
    return line;
}

}  // namespace mailpipe
