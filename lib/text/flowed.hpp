// SPDX-License-Identifier: ISC
// Lines of text for a screen: format=flowed undone (RFC 3676), and any text wrapped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mailpipe::text {

/// What the parameter DelSp says: does the blank at which a line flows on belong to the text? RFC 3676 section 4.1.
enum class DelSp { no, yes };

/// The paragraphs of text/plain; format=flowed, each in one line however long; a quoted one after its quote marks and a
/// blank (">> text"). Lines end in CRLF or LF; in LF what comes out. An empty line ends a paragraph, even if the line
/// before it flows on, as does a change of the quote depth. RFC 3676 section 4.
std::string unflow(std::string_view text, DelSp del_sp);

/// Breaks lines of more than `width` columns at blanks; what is not wider stays as it is. Quote marks in front ("> > ",
/// ">>") come again on each continued line, unless they take more than half of the width. A word is never broken. 0: no
/// line is broken. Lines end in CRLF or LF; in LF what comes out. Each character but blanks comes out, in order.
std::string wrap(std::string_view text, std::size_t width);

}  // namespace mailpipe::text
