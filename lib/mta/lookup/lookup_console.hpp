// SPDX-License-Identifier: ISC
// Where reports go: data to standard output, talk to standard error, and on a terminal how far long work is.
#pragma once

#include <chrono>

#include "mta/lookup/lookup_run.hpp"

namespace mailpipe::mta {

class LookupConsole {
public:
    LookupConsole();
    LookupConsole(LookupConsole&&) = delete;
    /// The line of progress goes.
    ~LookupConsole();

    /// They borrow this.
    LookupOutputs outputs();

private:
    using Moment = std::chrono::steady_clock::time_point;
    void show(const LookupSummary& summary);
    void erase();

    bool shows_progress_;
    bool has_progress_ = false;  // a line of it stands on the terminal
    Moment begun_;
    Moment shown_;
};

}  // namespace mailpipe::mta
