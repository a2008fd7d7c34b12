// SPDX-License-Identifier: ISC
#include "html/visibility.hpp"

#include <algorithm>

namespace mailpipe::html {

namespace {

struct Range {
    char32_t first, last;
};

constexpr Range blanks[] = {
    {0x20, 0x20}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
};

// Controls, and Default_Ignorable_Code_Point of Unicode but for variation selectors, which belong to what they follow.
constexpr Range unseen[] = {
    {0x0, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},     {0x61c, 0x61c},
    {0x115f, 0x1160},  {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x202a, 0x202e},
    {0x2060, 0x206f},  {0x3164, 0x3164},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe00ff}, {0xe01f0, 0xe0fff},
};

}  // namespace

Visibility visibility(char32_t character) {
    if (character > 0x20 && character < 0x7f) return Visibility::visible;
    const auto has_it = [character](const Range& range) { return character >= range.first && character <= range.last; };
    if (std::ranges::any_of(blanks, has_it)) return Visibility::blank;
    if (character == 0x2028 || character == 0x2029) return Visibility::line_end;
    return std::ranges::any_of(unseen, has_it) ? Visibility::unseen : Visibility::visible;
}

}  // namespace mailpipe::html
