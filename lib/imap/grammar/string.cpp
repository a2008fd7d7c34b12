// SPDX-License-Identifier: ISC
#include "imap/grammar/string.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "imap/grammar/tokens.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::imap {

namespace {

/// What octets of a text forbid.
enum : unsigned char { in_quotes = 1, in_ascii = 2, as_they_stand = 4 };
constexpr auto forbidden = [] {
    std::array<unsigned char, 256> classes{};
    for (std::size_t octet = 0x80; octet < classes.size(); ++octet) classes[octet] = in_ascii;
    classes['\r'] = classes['\n'] = classes['\0'] = in_quotes;  // not a TEXT-CHAR of RFC 9051 section 9
    classes['"'] = classes['\\'] = as_they_stand;
    return classes;
}();

unsigned forbidden_of(std::string_view text) {
    unsigned all = 0;
    for (const char c : text) all |= forbidden[static_cast<unsigned char>(c)];
    return all;
}

void append_literal(std::string& out, std::string_view text) {
    out.append("{").append(std::to_string(text.size())).append("}\r\n").append(text);
    std::replace(out.end() - static_cast<std::ptrdiff_t>(text.size()), out.end(), '\0', '\x80');
}

}  // namespace

void append_string(std::string& out, std::string_view text, Utf8 utf8) {
    const unsigned no = text.size() > max_quoted_octets ? unsigned{in_quotes} : forbidden_of(text);
    const bool is_quoted = (no & in_quotes) == 0 && ((no & in_ascii) == 0 || (utf8 == Utf8::on && is_utf8(text)));
    if (!is_quoted) return append_literal(out, text);
    if ((no & as_they_stand) == 0) out.append(1, '"').append(text).append(1, '"');
    else out += text::in_quotes(text);
}

void append_nstring(std::string& out, const std::optional<std::string>& text, Utf8 utf8) {
    if (text) append_string(out, *text, utf8);
    else out += "NIL";
}

void append_astring(std::string& out, std::string_view text, Utf8 utf8) {
    const bool is_atom = !text.empty() && text.size() <= max_quoted_octets && std::ranges::all_of(text, is_atom_char);
    if (is_atom && !iequals(text, "NIL")) out += text;
    else append_string(out, text, utf8);
}

void append_literal8(std::string& out, std::string_view octets) {
    out.append("~{").append(std::to_string(octets.size())).append("}\r\n").append(octets);
}

}  // namespace mailpipe::imap
