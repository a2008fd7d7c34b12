// SPDX-License-Identifier: ISC
// Which parts are files that came with a message, and what they are called (RFC 2183).
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::mime {

/// What a part calls itself: the filename of its disposition, else the name of its type; encoded-words (which do not
/// belong there, but are) decoded. Empty without. UTF-8; any character may be in it.
std::string file_name(std::string_view message, const Part& part);

/// A leaf, or a message in the message, that is not there to be read with the others: it says so, has a name, or is no
/// text.
bool is_attachment(std::string_view message, const Part& part);

}  // namespace mailpipe::mime
