// SPDX-License-Identifier: ISC
// format=flowed undone: RFC 3676.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::text {

/// What the parameter DelSp says: does the blank at which a line flows on belong to the text? RFC 3676 section 4.1.
enum class DelSp { no, yes };

/// The paragraphs of text/plain; format=flowed, each in one line however long; a quoted one after its quote marks and a
/// blank (">> text"). Lines end in CRLF or LF; in LF what comes out. An empty line ends a paragraph, even if the line
/// before it flows on, as does a change of the quote depth. RFC 3676 section 4.
std::string unflow(std::string_view text, DelSp del_sp);

}  // namespace mailpipe::text
