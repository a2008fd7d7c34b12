// SPDX-License-Identifier: ISC
// PREVIEW: a message's first words (RFC 8970).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::imap {

constexpr std::size_t max_preview_characters = 200;
/// Of a part; its text is not looked for behind them.
constexpr std::size_t max_preview_octets = 64 * 1024;

/// UTF-8 in one line, without markup and controls, one blank between words: of the first text/plain, or if that says
/// nothing of the first text/html, attachments left out. Empty where there is no text, which is to be sent as "": NIL would
/// say "later" (RFC 8970 section 3.2).
std::string preview(std::string_view message, const mime::Structure& structure);

}  // namespace mailpipe::imap
