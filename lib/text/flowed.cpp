// SPDX-License-Identifier: ISC
#include "text/flowed.hpp"

#include <algorithm>

#include "text/line.hpp"

namespace mailpipe::text {

namespace {

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

}  // namespace mailpipe::text
