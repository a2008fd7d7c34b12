// SPDX-License-Identifier: ISC
#include "text/lexemes.hpp"

#include <string_view>

#include "base/ascii.hpp"

namespace mailpipe::text {

void skip_cfws(Cursor& cursor) {
    int depth = 0;
    while (!cursor.at_end()) {
        const char c = cursor.peek();
        if (c == '(') {
            ++depth;
        } else if (c == ')' && depth > 0) {
            --depth;
        } else if (c == '\\' && depth > 0) {
            cursor.next();
            if (cursor.at_end()) return;
        } else if (depth == 0 && !is_blank(c) && c != '\r' && c != '\n') {
            return;
        }
        cursor.next();
    }
}

Quoted take_quoted(Cursor& cursor) {
    Quoted quoted{{}, false};
    cursor.take('"');
    while (!cursor.at_end()) {
        const char c = cursor.next();
        if (c == '"') {
            quoted.is_closed = true;
            return quoted;
        }
        if (c == '\r' || c == '\n') continue;
        if (c != '\\') {
            quoted.text += c;
        } else if (!cursor.at_end()) {
            quoted.text += cursor.next();
        }
    }
    return quoted;
}

void append_unescaped(std::string& octets, std::string_view text, char mark) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_code = text[i] == mark && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        octets += is_code ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        if (is_code) i += 2;
    }
}

void append_escaped(std::string& text, char octet, char mark) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(octet);
    text += {mark, digits[value / 16], digits[value % 16]};
}

bool is_token(char c) {
    constexpr std::string_view tspecials = "()<>@,;:\\\"/[]?=";
    return c > ' ' && c < 0x7f && tspecials.find(c) == std::string_view::npos;
}

}  // namespace mailpipe::text
