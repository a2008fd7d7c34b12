// SPDX-License-Identifier: ISC
// A shell command between the network and the spool: message in on stdin, message out on stdout, verdict in the exit
// status (sysexits(3)). Manual: smtpd(8), FILTERS.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

struct Filter {
    std::string command;                   ///< for /bin/sh -c
    std::vector<std::string> environment;  ///< "NAME=value", the envelope
    std::chrono::seconds timeout;
};

/// Runs the filter over `input` from its beginning; what it writes goes to `output`. Nothing: take the output.
/// 451 after exit status 75, after a signal, a time-out, no output at all, and where the shell could not start the
/// command; else 550 with the first line of what the filter wrote to stderr.
std::optional<smtp::Reply> run_filter(const Filter& filter, const Fd& input, const Fd& output);

}  // namespace mailpipe::mta
