// SPDX-License-Identifier: ISC
// BODYSTRUCTURE and BODY: a message's parts as a FETCH response gives them (RFC 3501 section 7.4.2).
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::imap {

/// Appends the parenthesized list, with its extension data. Parameters are as they stand, those of RFC 2231 in their
/// pieces, for the client to decode. A multipart without parts has an empty text/plain part, since the grammar knows no
/// other. What says that it is a multipart or a message, but could not be opened, is application/octet-stream.
void append_body_structure(std::string& out, std::string_view message, const mime::Structure& structure);

/// The same without extension data: BODY's form.
void append_body(std::string& out, std::string_view message, const mime::Structure& structure);

}  // namespace mailpipe::imap
