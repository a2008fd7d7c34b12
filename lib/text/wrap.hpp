// SPDX-License-Identifier: ISC
// Lines of text for a screen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::text {

/// Breaks lines of more than `width` columns at blanks; what is not wider stays as it is. Quote marks in front ("> > ",
/// ">>") come again on each continued line, unless they take more than half of the width. A word is never broken. 0: no
/// line is broken. Lines end in CRLF or LF; in LF what comes out. Each character but blanks comes out, in order.
std::string wrap(std::string_view text, std::size_t width);

}  // namespace mailpipe::text
