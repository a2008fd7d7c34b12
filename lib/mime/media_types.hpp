// SPDX-License-Identifier: ISC
// What a file is: its media type by its name's ending, or by what is in it.
#pragma once

#include <string>
#include <string_view>

namespace mailpipe::mime {

/// /etc/mime.types as it stands, as Debian's media-types package brings it; empty where it is not there.
std::string system_media_types();

/// By the ending of `name` in `table`, which has a type and its endings in each line; the last one that has it. Else
/// text/plain where `content` is UTF-8 without NUL, and application/octet-stream where it is not. text/* has its charset,
/// where that can be told.
std::string media_type(std::string_view table, std::string_view name, std::string_view content);

}  // namespace mailpipe::mime
