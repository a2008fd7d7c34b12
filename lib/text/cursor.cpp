// SPDX-License-Identifier: ISC
#include "text/cursor.hpp"

#include "base/ascii.hpp"

namespace mailpipe::text {

bool Cursor::take_word(std::string_view word) {
    if (!istarts_with(rest(), word)) return false;
    at_ += word.size();
    return true;
}

}  // namespace mailpipe::text
