// SPDX-License-Identifier: ISC
// mxlookup's options, and which of them go together. Manual: mxlookup(1).
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/command.hpp"
#include "site.hpp"

namespace mailpipe::tools {

struct LookupFlags {
    Site site;
    std::vector<std::string> names, selectors;
    bool json = false, quiet = false, unordered = false, check = false, connect = false;
    unsigned in_flight = 256, rate = 0, tries = 3, port = 25;
    std::chrono::seconds timeout{4}, patience{30};
};

void declare(cli::Command& command, LookupFlags& flags);

/// Errors: 64: what does not go together, a number out of its range, or an option that would not be used; `is_typed` tells whether
/// the command line has it: a key of the configuration may wait for --connect or --check.
Result<void> check(const LookupFlags& flags, const std::function<bool(std::string_view)>& is_typed);

}  // namespace mailpipe::tools
