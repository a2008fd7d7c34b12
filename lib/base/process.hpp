// SPDX-License-Identifier: ISC
// Starting a program and learning how it ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe {

struct Program {
    std::vector<std::string> arguments;                  ///< arguments[0] is looked up in $PATH
    std::vector<std::string> environment;                ///< "NAME=value", added to (or replacing in) ours
    std::vector<std::pair<int, int>> descriptors;        ///< {ours, theirs}; all others of ours are close-on-exec
};

/// A name without '/' is first looked for beside our own program, what was built together runs together; else in $PATH by
/// whoever starts it.
std::string find_program(const std::string& name);

/// Becomes that program, which is found as by start(): exec(3). Returns only to tell why not.
Error become_program(const std::vector<std::string>& arguments);

/// Starts it in a process group of its own. Errors: permanent when there is no such program.
Result<pid_t> start(const Program& program);

/// How a process ended: its exit status, or nothing when a signal ended it, which is a temporary failure.
struct Ending {
    std::optional<int> exit_status;
    int signal = 0;
};

/// A pipe for what a program has to say: its first octets are kept, all others taken and forgotten.
class Hearing {
public:
    static constexpr std::size_t kept_octets = 4096;

    static Result<Hearing> open();
    /// The end for the program.
    const Fd& speaker() const { return speaker_; }
    const Fd& listener() const { return listener_; }
    /// Takes what has come, without waiting.
    void hear();
    const std::string& text() const { return text_; }

private:
    Hearing(Fd listener, Fd speaker) : listener_(std::move(listener)), speaker_(std::move(speaker)) {}

    Fd listener_;  // never waits
    Fd speaker_;
    std::string text_;
};

/// Waits until it ends, or the time is over, and hears meanwhile. Then its process group is killed, with all that it has
/// left there. Errors: transient, ETIMEDOUT; one that can't be killed is left alone then.
Result<Ending> wait_for(pid_t process, std::chrono::milliseconds at_most, Hearing* hearing = nullptr);

/// What sysexits(3) says: 0 nothing; 75, 71, 74, a signal and a shell's 126 and 127 transient; the rest permanent.
std::optional<Fault> fault_of(const Ending& ending);

/// That signal waits until somebody takes it.
void hold_back(int signal);

}  // namespace mailpipe
