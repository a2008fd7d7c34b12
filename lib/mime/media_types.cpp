// SPDX-License-Identifier: ISC
#include "mime/media_types.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/cursor.hpp"
#include "text/line.hpp"

namespace mailpipe::mime {

namespace {

std::string_view take_word(text::Cursor& line) {
    line.take_while(is_blank);
    return line.take_while(is_no_blank);
}

/// Of one line: its type if it has the ending.
std::string_view type_in(std::string_view text, std::string_view ending) {
    if (text.starts_with('#')) return {};
    text::Cursor line{text};
    const auto type = take_word(line);
    for (auto word = take_word(line); !word.empty(); word = take_word(line)) {
        if (iequals(word, ending)) return type;
    }
    return {};
}

std::string_view type_by_ending(std::string_view table, std::string_view ending) {
    std::string_view found;
    while (!table.empty() && !ending.empty()) {
        if (const auto type = type_in(text::take_line(table), ending); !type.empty()) found = type;
    }
    return found;
}

}  // namespace

std::string media_type(std::string_view table, std::string_view name, std::string_view content) {
    const auto dot = name.rfind('.');
    const bool is_utf8_text = content.find('\0') == content.npos && is_utf8(content);
    std::string type{type_by_ending(table, dot == name.npos ? "" : name.substr(dot + 1))};
    if (type.empty()) type = is_utf8_text ? "text/plain" : "application/octet-stream";
    const bool needs_charset = istarts_with(type, "text/") && is_utf8_text;
    return needs_charset ? type + (all_ascii(content) ? "; charset=us-ascii" : "; charset=utf-8") : type;
}

}  // namespace mailpipe::mime
