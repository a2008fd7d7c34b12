// SPDX-License-Identifier: ISC
#include "text/casemap.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

#include <utf8proc.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/charset.hpp"

namespace mailpipe::text {

namespace {

constexpr std::size_t max_decomposed = 32;  // U+FDFA makes 18 of one
constexpr char32_t first_rare = 0x800;      // below: letters of Latin, Greek, Cyrillic, Hebrew, Arabic, in two octets

/// By UnicodeData.txt, in which the sharp s has no capital; utf8proc gives it one.
utf8proc_int32_t title_of(char32_t character) {
    const auto code = static_cast<utf8proc_int32_t>(character);
    return character == U'\u00df' ? code : utf8proc_totitle(code);
}

void append_mapped(std::string& key, char32_t character) {
    std::array<utf8proc_int32_t, max_decomposed> parts;
    int boundary = 0;
    const auto count = utf8proc_decompose_char(title_of(character), parts.data(), parts.size(),
                                               static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT), &boundary);
    if (count < 0 || static_cast<std::size_t>(count) > parts.size()) return append_character(key, character);
    for (utf8proc_ssize_t i = 0; i < count; ++i) append_character(key, static_cast<char32_t>(parts[static_cast<std::size_t>(i)]));
}

/// What the characters that come often are mapped to, found out once.
const std::string& often_mapped(char32_t character) {
    static thread_local std::vector<std::string> known(first_rare);
    auto& mapped = known[character];
    if (mapped.empty()) append_mapped(mapped, character);
    return mapped;
}

}  // namespace

void take_casemapped(std::string& key, std::string_view& text) {
    const char c = text.front();
    const bool is_character = character_octets(text) > 0;
    const auto character = is_character ? take_character(text) : windows_1252(c);
    if (!is_character) text.remove_prefix(1);
    if (character < 0x80) key += to_upper(static_cast<char>(character));
    else if (character < first_rare) key += often_mapped(character);
    else append_mapped(key, character);
}

void append_casemapped(std::string& key, std::string_view text) {
    key.reserve(key.size() + text.size());
    while (!text.empty()) {
        const auto plain = text.substr(0, ascii_octets(text));
        std::ranges::transform(plain, std::back_inserter(key), to_upper);
        text.remove_prefix(plain.size());
        if (!text.empty()) take_casemapped(key, text);
    }
}

std::string casemapped(std::string_view text) {
    std::string key;
    append_casemapped(key, text);
    return key;
}

}  // namespace mailpipe::text
