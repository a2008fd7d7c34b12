// SPDX-License-Identifier: ISC
#include "text/line.hpp"

#include <algorithm>

namespace mailpipe::text {

std::string_view take_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

}  // namespace mailpipe::text
