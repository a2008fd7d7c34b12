// SPDX-License-Identifier: ISC
#include "html/references.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/charset.hpp"
#include "html/names.hpp"

namespace mailpipe::html {

namespace {

constexpr char32_t replacement = 0xfffd;
constexpr char32_t beyond = 0x110000;  // one more than the last character

char32_t mended(char32_t number) {
    if (number == 0 || number >= beyond || (number >= 0xd800 && number < 0xe000)) return replacement;
    return number >= 0x80 && number < 0xa0 ? text::windows_1252(static_cast<char>(number)) : number;
}

/// "&#65;", "&#x41;". Precondition: `text` begins with "&#".
Reference numeric(std::string_view text) {
    const bool is_hex = text.size() > 2 && to_lower(text[2]) == 'x';
    const int base = is_hex ? 16 : 10;
    const std::size_t begin = is_hex ? 3 : 2;
    char32_t number = 0;
    auto at = begin;
    for (; at < text.size(); ++at) {
        const int digit = hex_value(text[at]);
        if (digit < 0 || digit >= base) break;
        number = std::min<char32_t>(number * static_cast<char32_t>(base) + static_cast<char32_t>(digit), beyond);
    }
    if (at == begin) return {0, 0};
    return {mended(number), at + (text.substr(at).starts_with(';') ? 1 : 0)};
}

/// The longest name at the front of `name` that counts without ';'.
Reference bare(std::string_view name, char next, ReferencePlace place) {
    for (auto size = std::min(name.size(), max_bare_octets); size > 1; --size) {
        const auto* known = find_name(name.substr(0, size));
        if (known == nullptr || !known->may_be_bare) continue;
        const bool goes_on = size < name.size() || next == '=';
        if (place == ReferencePlace::attribute && goes_on) return {0, 0};
        return {known->character, size + 1};
    }
    return {0, 0};
}

}  // namespace

Reference reference_at_front(std::string_view text, ReferencePlace place) {
    if (text.starts_with("&#")) return numeric(text);
    auto name = text.substr(1, max_name_octets + 1);
    name = name.substr(0, static_cast<std::size_t>(std::ranges::find_if_not(name, is_alnum) - name.begin()));
    const char next = name.size() + 1 < text.size() ? text[name.size() + 1] : '\0';
    if (next == ';') {
        if (const auto* known = find_name(name)) return {known->character, name.size() + 2};
    }
    return bare(name, next, place);
}

std::string undo_references(std::string_view value) {
    std::string text;
    text.reserve(value.size());
    while (!value.empty()) {
        const auto plain = std::min(value.find('&'), value.size());
        text += value.substr(0, plain);
        value.remove_prefix(plain);
        if (value.empty()) break;
        const auto reference = reference_at_front(value, ReferencePlace::attribute);
        append_character(text, reference.octets > 0 ? reference.character : U'&');
        value.remove_prefix(std::max<std::size_t>(reference.octets, 1));
    }
    return text;
}

}  // namespace mailpipe::html
