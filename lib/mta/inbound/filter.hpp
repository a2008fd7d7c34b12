// SPDX-License-Identifier: ISC
// A shell command between the network and the spool: message in on stdin, message out on stdout, verdict in the exit
// status (sysexits(3)). Manual: smtpd(8), FILTERS.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <tl/expected.hpp>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

struct Filter {
    std::string id;                        ///< of the message, for the log
    std::string command;                   ///< for /bin/sh -c
    std::vector<std::string> environment;  ///< "NAME=value", the envelope
    std::chrono::seconds timeout;
    std::uint64_t max_octets;              ///< of its output; 0: no limit
};

/// How many octets of output are to be taken, or what the client is told instead.
using Verdict = tl::expected<std::uint64_t, smtp::Reply>;

/// Runs the filter over `input` from its beginning; what it writes goes to `output`. What it leaves running is killed.
/// 451 after exit status 71, 74 and 75, after a signal, a time-out, no output at all, and where the shell could not start
/// the command; 552 where the output is too big; else 550 with the first line of what the filter wrote to stderr.
Verdict run_filter(const Filter& filter, const Fd& input, const Fd& output);

}  // namespace mailpipe::mta
