// SPDX-License-Identifier: ISC
// A command line as parsers of arguments take it.
#pragma once

#include "imap/grammar/command.hpp"

namespace mailpipe {

/// `line` begins with a tag, and outlives the command.
inline imap::Command command(std::string_view line) { return imap::parse_command(line).value(); }

}  // namespace mailpipe
