// SPDX-License-Identifier: ISC
// The parts of a message, a line each.
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::view {

/// A line for each part: its number ("-" without), its type indented by how deep it stands, its encoding ("-" where
/// there is nothing to undo), its octets as they stand, its name. In columns, fit for a terminal.
std::string list_parts(std::string_view message, const mime::Structure& structure);

}  // namespace mailpipe::view
