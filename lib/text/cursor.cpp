// SPDX-License-Identifier: ISC
#include "text/cursor.hpp"

#include "base/ascii.hpp"

namespace mailpipe::text {

bool Cursor::take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
}

bool Cursor::take_word(std::string_view word) {
    if (!istarts_with(rest(), word)) return false;
    at_ += word.size();
    return true;
}

std::string_view Cursor::take_while(bool (*is)(char)) {
    const std::size_t begin = at_;
    while (!at_end() && is(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
}

}  // namespace mailpipe::text
