// SPDX-License-Identifier: ISC
#include "text/flowed.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "text/columns.hpp"

namespace mailpipe::text {

namespace {

/// The next line without its line end, taken off.
std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

constexpr std::string_view signature = "-- ";

struct Line {
    std::size_t depth;  // of quotes
    std::string_view content;
    bool flows;
};

/// RFC 3676 section 4.1, section 4.4 and section 4.5.
Line read_line(std::string_view line) {
    const auto depth = std::min(line.find_first_not_of('>'), line.size());
    auto content = line.substr(depth);
    if (content.starts_with(' ')) content.remove_prefix(1);
    return {depth, content, content.ends_with(' ') && content != signature};
}

void begin_paragraph(std::string& out, const Line& line) {
    out.append(line.depth, '>');
    if (line.depth > 0 && !line.content.empty()) out += ' ';
}

/// Quote marks and what stands between them, as far as it can be seen that they are some.
std::string_view quote_marks(std::string_view line) {
    std::size_t end = 0;
    for (std::size_t at = 0; at < line.size();) {
        if (line[at] == ' ') ++at;
        if (at == line.size() || line[at] != '>') break;
        end = ++at;
    }
    if (end > 0 && end < line.size() && line[end] == ' ') ++end;
    return line.substr(0, end);
}

std::size_t skip(std::string_view line, std::size_t at, bool (*is)(char)) {
    while (at < line.size() && is(line[at])) ++at;
    return at;
}

bool is_no_blank(char c) { return !is_blank(c); }

/// One line that is too wide: words go to the line as long as there is room, with the blanks that were between them.
void wrap_line(std::string& out, std::string_view line, std::size_t width) {
    auto marks = quote_marks(line);
    if (columns(marks) > width / 2) marks = {};
    out += marks;
    auto column = marks.size();
    bool is_first = true;
    for (auto at = marks.size(); at < line.size(); is_first = false) {
        const auto begin = skip(line, at, is_blank);
        const auto end = skip(line, begin, is_no_blank);
        if (begin == end) break;
        const auto needed = columns(line.substr(at, end - at), column);
        if (is_first || column + needed <= width) {
            out += line.substr(at, end - at);
            column += needed;
        } else {
            const auto word = line.substr(begin, end - begin);
            out.append("\n").append(marks).append(word);
            column = marks.size() + columns(word, marks.size());
        }
        at = end;
    }
}

/// No octet but a tab takes more than one column.
bool is_narrow(std::string_view line, std::size_t width) {
    return (line.size() <= width && line.find('\t') == std::string_view::npos) || columns(line) <= width;
}

}  // namespace

std::string unflow(std::string_view text, DelSp del_sp) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    bool is_open = false;  // the line before flows on
    std::size_t depth = 0;
    while (!text.empty()) {
        const auto line = read_line(take_line(text));
        const bool goes_on = is_open && line.depth == depth && !line.content.empty() && line.content != signature;
        if (is_open && !goes_on) out += '\n';
        if (!goes_on) begin_paragraph(out, line);
        out += line.content;
        if (line.flows && del_sp == DelSp::yes) out.pop_back();
        if (!line.flows) out += '\n';
        is_open = line.flows;
        depth = line.depth;
    }
    if (is_open) out += '\n';
    return out;
}

std::string wrap(std::string_view text, std::size_t width) {
    std::string out;
    out.reserve(text.size() + text.size() / 8);
    while (!text.empty()) {
        const auto line = take_line(text);
        if (width == 0 || is_narrow(line, width)) {
            out += line;
        } else {
            wrap_line(out, line, width);
        }
        out += '\n';
    }
    return out;
}

}  // namespace mailpipe::text
