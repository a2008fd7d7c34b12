// SPDX-License-Identifier: ISC
// The keys that may stand at the top of mailpipe.conf(5), and the sections that it may have.
#pragma once

#include <string_view>

namespace mailpipe::cli {

/// True for a key that belongs to the whole site. A tool takes those that it declares and passes over the others.
bool is_site_key(std::string_view key);

/// True for the name of a tool: its own keys stand in a section of that name.
bool is_tool(std::string_view section);

}  // namespace mailpipe::cli
