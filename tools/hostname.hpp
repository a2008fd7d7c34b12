// SPDX-License-Identifier: ISC
// The key hostname of mailpipe.conf(5), for tools that need no other of the site.
#pragma once

#include <string>

#include "cli/command.hpp"

namespace mailpipe::tools {

/// `hostname` is the host's own name where nobody says otherwise.
void declare_hostname(cli::Command& command, std::string& hostname);

}  // namespace mailpipe::tools
