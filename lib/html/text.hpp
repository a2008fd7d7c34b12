// SPDX-License-Identifier: ISC
// HTML as text for a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mailpipe::html {

/// What is shown of a link.
enum class Links : std::uint8_t { targets, names };

/// What a reader of this document sees, each paragraph in one line however long (wrap() breaks them), LF at the end of
/// each. Quotes have "> " in front, items "* " or "1. ", cells of a row stand beside each other; behind a link comes its
/// target in "<>" unless the link is called like it, or only names are wanted; for an image its description in "[]".
/// Neither scripts nor what is hidden come out, no control character but LF, nothing that has no width, and never two
/// empty lines in a row. `html` is UTF-8 (to_utf8()); an octet that is not is read as windows-1252. Takes time and memory
/// in proportion to it.
std::string to_text(std::string_view html, Links links = Links::targets);

}  // namespace mailpipe::html
