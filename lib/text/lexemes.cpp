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

bool is_token(char c) {
    constexpr std::string_view tspecials = "()<>@,;:\\\"/[]?=";
    return c > ' ' && c < 0x7f && tspecials.find(c) == std::string_view::npos;
}

}  // namespace mailpipe::text
