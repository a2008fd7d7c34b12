// SPDX-License-Identifier: ISC
// Settings of mailpipe.conf(5) put into the options that a tool has declared. Only lib/cli/ includes this.
#pragma once

#include <string>

#include "base/result.hpp"
#include "cli/declared_options.hpp"

namespace mailpipe::cli {

/// Gives each option that the command line did not name the value that the file has for it: under [`tool`], else at the top.
/// Errors: permanent, for exit status 78, with file and line: what cannot be read, keys that nobody knows, wrong values.
Result<void> apply_configuration(DeclaredOptions& options, const std::string& tool, const std::string& path);

}  // namespace mailpipe::cli
