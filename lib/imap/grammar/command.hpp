// SPDX-License-Identifier: ISC
// A command's beginning: command of RFC 9051 section 9.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::imap {

struct Command {
    std::string_view tag;
    std::string name;            ///< in capitals, without UID: "FETCH"
    bool is_uid = false;         ///< "UID FETCH"
    std::string_view arguments;  ///< what is behind the blank, with the literals in it, without the last CRLF
};

/// Errors: permanent, for BAD with the tag that tag_of tells.
Result<Command> parse_command(std::string_view line);

/// The tag, "*" where the line begins with none.
std::string_view tag_of(std::string_view line);

}  // namespace mailpipe::imap
