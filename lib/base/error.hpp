// SPDX-License-Identifier: ISC
// The one kind of error: is it temporary, and what was tried on what.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/exit_status.hpp"

namespace mailpipe {

/// The one question that an error answers: may the same thing succeed later (4yz, exit 75, retry) or not (5yz, bounce)?
/// What we don't know is transient.
enum class Fault { transient, permanent };

struct Error {
    Fault fault;
    std::string what;                          ///< one line without a full stop: what was tried on what, and why not
    std::optional<ExitStatus> status{};        ///< only where the fault alone does not say it
    int number = 0;                            ///< errno(3), where a system call failed
};

/// 75 for what is transient; else what the error says, or 65.
ExitStatus exit_status(const Error& error);

/// The error of a system call: `what` is "verb object" ("open /var/spool/x"). Permissions, missing files and names that
/// cannot be are permanent; everything else (full or failing disk, out of descriptors, time-outs) is transient.
Error system_error(int number, std::string_view what);

/// True for the error that a read or write gives when its deadline has passed.
bool timed_out(const Error& error);

}  // namespace mailpipe
