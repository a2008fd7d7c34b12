// SPDX-License-Identifier: ISC
// What a part says, its transfer encoding and its charset undone (RFC 2045, RFC 2046 section 4.1.2).
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::mime {

/// The part's text in UTF-8, with LF line ends. Without a charset it is UTF-8 where it can be, else windows-1252: nothing
/// is lost.
std::string text_of(std::string_view message, const Part& part);

}  // namespace mailpipe::mime
