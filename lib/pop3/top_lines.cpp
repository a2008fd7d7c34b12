// SPDX-License-Identifier: ISC
#include "pop3/top_lines.hpp"

namespace mailpipe::pop3 {

std::size_t TopLines::take(std::string_view piece) {
    std::size_t at = 0;
    while (at < piece.size() && !done()) {
        const auto end = piece.find('\n', at);
        const auto line = piece.substr(at, end == std::string_view::npos ? end : end - at);
        line_is_empty_ = line_is_empty_ && (line.empty() || line == "\r");
        if (end == std::string_view::npos) return piece.size();
        at = end + 1;
        if (!in_header_) {
            --left_;
        } else if (line_is_empty_) {
            in_header_ = false;
        }
        line_is_empty_ = true;
    }
    return at;
}

}  // namespace mailpipe::pop3
