// SPDX-License-Identifier: ISC
// Whether somebody has typed an option. A value of the configuration may wait for the option that makes use of it; what is
// typed and goes unused is a mistake.
#pragma once

#include <string_view>

namespace mailpipe::cli {

/// Whether the command line itself has `option`, a long name as "--port", with its value behind a '=' or in the next argument.
/// What follows "--" is no option.
bool is_named(std::string_view option, int argc, char** argv);

}  // namespace mailpipe::cli
