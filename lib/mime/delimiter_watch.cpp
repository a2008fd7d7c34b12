// SPDX-License-Identifier: ISC
#include "mime/delimiter_watch.hpp"

#include <algorithm>

#include "text/line.hpp"

namespace mailpipe::mime {

void DelimiterWatch::add(std::string_view piece) {
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        const auto room = text::max_line_octets - std::min(line_.size(), text::max_line_octets);
        line_ += piece.substr(0, std::min(end, room));
        if (end == std::string_view::npos) return;
        end_line();
        piece.remove_prefix(end + 1);
    }
}

bool DelimiterWatch::has_seen_one() {
    end_line();
    return has_seen_one_;
}

void DelimiterWatch::end_line() {
    const std::string_view line = line_;
    if (line.starts_with("--")) {
        const auto begins_so = [&](std::string_view boundary) { return line.substr(2).starts_with(boundary); };
        has_seen_one_ = has_seen_one_ || std::ranges::any_of(boundaries_, begins_so);
    }
    line_.clear();
}

}  // namespace mailpipe::mime
