// SPDX-License-Identifier: ISC
// What a file is: its media type by its name's ending, or by what is in it.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::mime {

/// By the ending of `name` in `table`, which is like /etc/mime.types: a type and its endings in each line; the last one that
/// has it. Else text/plain where `content` is UTF-8 without NUL, and application/octet-stream where it is not. text/* has its
/// charset, where that can be told.
std::string media_type(std::string_view table, std::string_view name, std::string_view content);

}  // namespace mailpipe::mime
