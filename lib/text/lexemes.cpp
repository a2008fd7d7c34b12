// SPDX-License-Identifier: ISC
#include "text/lexemes.hpp"

#include <string_view>

#include "base/ascii.hpp"

namespace mailpipe::text {

namespace {

bool is_line_end(char c) { return c == '\r' || c == '\n'; }

bool is_plain_in_quotes(char c) { return c != '"' && c != '\\' && !is_line_end(c); }

/// What a backslash makes of the next octet; a line end is none, escaped or not.
void append_escaped(std::string& text, Cursor& cursor) {
    if (cursor.at_end()) return;
    const char c = cursor.next();
    if (!is_line_end(c)) text += c;
}

}  // namespace

Quoted take_comment(Cursor& cursor) {
    Quoted comment{{}, false};
    int depth = 0;
    while (!cursor.at_end()) {
        const char c = cursor.next();
        if (c == ')' && --depth == 0) {
            comment.is_closed = true;
            return comment;
        }
        if (c == '\\') append_escaped(comment.text, cursor);
        else if (!is_line_end(c) && !(c == '(' && depth == 0)) comment.text += c;
        if (c == '(') ++depth;
    }
    return comment;
}

void skip_cfws(Cursor& cursor) {
    for (;;) {
        cursor.take_while(is_fws);
        if (cursor.peek() != '(') return;
        take_comment(cursor);
    }
}

Quoted take_quoted(Cursor& cursor) {
    Quoted quoted{{}, false};
    cursor.take('"');
    for (;;) {
        quoted.text += cursor.take_while(is_plain_in_quotes);
        if (cursor.at_end()) return quoted;
        const char c = cursor.next();
        if (c == '\\') append_escaped(quoted.text, cursor);
        if (c != '"') continue;
        quoted.is_closed = true;
        return quoted;
    }
}

std::string in_quotes(std::string_view text) {
    std::string quoted;
    quoted.reserve(text.size() + 2);
    quoted += '"';
    const bool has_escapes = text.find('"') != text.npos || text.find('\\') != text.npos;
    if (!has_escapes) return quoted.append(text) += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted += '"';
}

std::optional<std::string> take_closed(Cursor& cursor, Quoted (*take)(Cursor&), bool& has_end) {
    if (!has_end) return {};
    auto ahead = cursor;
    auto taken = take(ahead);
    has_end = taken.is_closed;
    if (!has_end) return {};
    cursor = ahead;
    return std::move(taken.text);
}

void append_unescaped(std::string& octets, std::string_view text, char mark) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_code = text[i] == mark && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
        octets += is_code ? static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
        if (is_code) i += 2;
    }
}

void append_escaped(std::string& text, char octet, char mark) {
    const auto value = static_cast<unsigned char>(octet);
    text += {mark, hex_digit(value / 16U), hex_digit(value % 16U)};
}

}  // namespace mailpipe::text
