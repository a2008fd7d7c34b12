// SPDX-License-Identifier: ISC
// ID: RFC 2971.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

/// Names as they came, without regard to case; no value is NIL.
using IdFields = std::vector<std::pair<std::string, std::optional<std::string>>>;

/// RFC 2971 section 3.3; of what a client sends above it, nothing is kept.
constexpr std::size_t max_id_fields = 30;

/// NIL is an empty list.
Result<IdFields> parse_id(const Command& command);
/// "(\"name\" \"mailpipe\")" or NIL.
void append_id(std::string& out, const IdFields& fields);

}  // namespace mailpipe::imap
