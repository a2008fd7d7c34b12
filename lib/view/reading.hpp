// SPDX-License-Identifier: ISC
// A message as a person reads it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::view {

struct Screen {
    std::size_t columns = 0;  ///< text is wrapped to them; 0: not at all
    bool has_colours = false;
};

/// The header in short; the text, of several alternatives (RFC 2046 section 5.1.4) the best that a terminal can show,
/// wrapped, HTML as plain text; a line for each part that is a file. Messages in the message follow with theirs. Nothing in
/// it is obeyed by a terminal but our own colours.
std::string read_message(std::string_view message, const mime::Structure& structure, const Screen& screen);

}  // namespace mailpipe::view
