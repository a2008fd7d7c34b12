// SPDX-License-Identifier: ISC
// What is in a message, in lines for people and scripts: mimecat(1).
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::mime {

/// What a part calls itself: the filename of its disposition, else the name of its type; encoded-words (which do not
/// belong there, but are) decoded. Empty without. UTF-8; any character may be in it.
std::string file_name(std::string_view message, const Part& part);

/// A line for each part: its number ("-" without), its type indented by how deep it stands, its encoding ("-" where
/// there is nothing to undo), its octets as they stand, its name. In columns, fit for a terminal.
std::string list_parts(std::string_view message, const Structure& structure);

/// A line for each finding, those first that two readers could disagree on: "line:column: code: what is wrong (RFC)".
std::string list_findings(std::string_view message, const Structure& structure);

}  // namespace mailpipe::mime
