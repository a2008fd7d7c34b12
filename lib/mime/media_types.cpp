// SPDX-License-Identifier: ISC
#include "mime/media_types.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/utf8.hpp"
#include "text/cursor.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t max_table_octets = 4 * 1024 * 1024;

bool is_no_blank(char c) { return !is_blank(c) && c != '\r'; }
bool is_no_word(char c) { return !is_no_blank(c); }

std::string_view take_word(text::Cursor& line) {
    line.take_while(is_no_word);
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
        const auto line = table.substr(0, table.find('\n'));
        table.remove_prefix(std::min(line.size() + 1, table.size()));
        if (const auto type = type_in(line, ending); !type.empty()) found = type;
    }
    return found;
}

}  // namespace

std::string system_media_types() { return read_file("/etc/mime.types", max_table_octets).value_or(std::string{}); }

std::string media_type(std::string_view table, std::string_view name, std::string_view content) {
    const auto dot = name.rfind('.');
    const bool is_utf8_text = content.find('\0') == content.npos && is_utf8(content);
    std::string type{type_by_ending(table, dot == name.npos ? "" : name.substr(dot + 1))};
    if (type.empty()) type = is_utf8_text ? "text/plain" : "application/octet-stream";
    const bool needs_charset = istarts_with(type, "text/") && is_utf8_text;
    return needs_charset ? type + (all_ascii(content) ? "; charset=us-ascii" : "; charset=utf-8") : type;
}

}  // namespace mailpipe::mime
