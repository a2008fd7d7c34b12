// SPDX-License-Identifier: ISC
// All that is known of a message, for programs: one JSON object on a line. mimecat-json(5) is its schema.
#pragma once

#include <string>
#include <string_view>

#include "mime/structure.hpp"

namespace mailpipe::view {

/// What "schema" says: the number changes when a member goes or means something else, not when one comes.
constexpr std::string_view json_schema = "mimecat/1";

/// The object, with a line end. All text in it is UTF-8.
std::string describe(std::string_view name, std::string_view message, const mime::Structure& structure);

}  // namespace mailpipe::view
