// SPDX-License-Identifier: ISC
#include "text/columns.hpp"

#include <algorithm>

#include <utf8proc.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

namespace mailpipe::text {

namespace {

constexpr std::size_t tab = 8;

/// Of the character at the front, which is not ASCII; taken off.
std::size_t take_columns(std::string_view& utf8) {
    const auto size = printable_octets(utf8);
    if (size == 0) {
        utf8.remove_prefix(std::max<std::size_t>(character_octets(utf8), 1));
        return 1;
    }
    return static_cast<std::size_t>(utf8proc_charwidth(static_cast<utf8proc_int32_t>(take_character(utf8))));
}

}  // namespace

std::size_t columns(std::string_view utf8, std::size_t from) {
    auto at = from;
    while (!utf8.empty()) {
        const char c = utf8.front();
        if (!is_ascii(c)) {
            at += take_columns(utf8);
            continue;
        }
        at = c == '\t' ? at - at % tab + tab : at + 1;
        utf8.remove_prefix(1);
    }
    return at - from;
}

}  // namespace mailpipe::text
