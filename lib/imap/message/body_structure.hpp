// SPDX-License-Identifier: ISC
// BODYSTRUCTURE and BODY: a message's parts as a FETCH response gives them (RFC 3501 section 7.4.2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::imap {

/// What media-message is: RFC 9051 section 9 knows both, RFC 3501 section 9 has an envelope in message/rfc822 alone.
enum class MessageTypes : std::uint8_t { rfc822_and_global, rfc822 };

/// Appends the parenthesized list, with its extension data. Parameters are as they stand, those of RFC 2231 in their
/// pieces, for the client to decode. A multipart without parts has an empty text/plain part, since the grammar knows no
/// other. What says that it is a multipart or a message, but could not be opened, is application/octet-stream.
void append_body_structure(std::string& out, std::string_view message, const mime::Structure& structure,
                           MessageTypes types = MessageTypes::rfc822_and_global);

/// The same without extension data: BODY's form.
void append_body(std::string& out, std::string_view message, const mime::Structure& structure,
                 MessageTypes types = MessageTypes::rfc822_and_global);

/// True where the `body` that append_body() gave may differ by MessageTypes.
bool has_global_message(std::string_view body);

}  // namespace mailpipe::imap
