// SPDX-License-Identifier: ISC
// search-key of RFC 9051 section 6.4.4 and of its extensions, as text.
#pragma once

#include <string_view>

#include "imap/grammar/arguments.hpp"
#include "imap/grammar/search_key.hpp"

namespace mailpipe::imap {

/// search-key *(SP search-key), to the end. Strings are in `charset`, which is known; without one in UTF-8, and what is none
/// is read as to_utf8 guesses. The program begins with an all_of. Fails for more than max_search_keys keys, and where
/// parentheses, NOT and OR are deeper than max_search_depth.
SearchProgram take_search_program(Arguments& in, std::string_view charset);

}  // namespace mailpipe::imap
