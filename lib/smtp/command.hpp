// SPDX-License-Identifier: ISC
// A command line, taken apart: verb, arguments (RFC 5321 section 4.1.1), and BDAT's (RFC 3030 section 2).
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace mailpipe::smtp {

struct Command {
    std::string_view verb;
    std::string_view arguments;  ///< without blanks at both ends: RFC 5321 section 4.1.1
};

/// `line` comes without its line end.
Command split_command(std::string_view line);

struct Chunk {
    std::uint64_t octets;
    bool last;
};

/// chunk-size [SP "LAST"]. Errors: permanent; nobody knows then what the following octets are.
Result<Chunk> parse_chunk(std::string_view arguments);

}  // namespace mailpipe::smtp
