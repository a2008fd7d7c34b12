// SPDX-License-Identifier: ISC
#include "imap/grammar/string.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "imap/grammar/tokens.hpp"
#include "text/lexemes.hpp"

namespace mailpipe::imap {

namespace {

/// TEXT-CHAR of RFC 9051 section 9, and whatever is not ASCII.
bool is_line_text(char c) { return c != '\r' && c != '\n' && c != '\0'; }

bool may_be_quoted(std::string_view text, Utf8 utf8) {
    if (text.size() > max_quoted_octets || !std::ranges::all_of(text, is_line_text)) return false;
    return utf8 == Utf8::on ? is_utf8(text) : all_ascii(text);
}

void append_literal(std::string& out, std::string_view text) {
    out.append("{").append(std::to_string(text.size())).append("}\r\n").append(text);
    std::replace(out.end() - static_cast<std::ptrdiff_t>(text.size()), out.end(), '\0', '\x80');
}

}  // namespace

void append_string(std::string& out, std::string_view text, Utf8 utf8) {
    if (may_be_quoted(text, utf8)) out += text::in_quotes(text);
    else append_literal(out, text);
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

void append_flags(std::string& out, const std::vector<std::string>& flags) {
    out += '(';
    for (const auto& flag : flags) {
        if (out.back() != '(') out += ' ';
        out += flag;
    }
    out += ')';
}

}  // namespace mailpipe::imap
