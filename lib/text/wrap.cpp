// SPDX-License-Identifier: ISC
#include "text/wrap.hpp"

#include "base/ascii.hpp"
#include "text/columns.hpp"
#include "text/line.hpp"

namespace mailpipe::text {

namespace {

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
