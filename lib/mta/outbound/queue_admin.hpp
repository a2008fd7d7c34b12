// SPDX-License-Identifier: ISC
// The queue's owner at work: sendq --list, --show, --hold, --release, --retry, --delete.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

enum class Format { text, json };

/// One line for each message on stdout, as list_line() and list_json().
Result<void> print_list(const queue::Spool& spool, Format format, Time now);
/// Those whose ids begin so, as show_text() and show_json(). Errors: as of change().
Result<void> print_messages(const queue::Spool& spool, const std::vector<std::string>& ids, Format format, Time now);

enum class Change { hold, release, retry, remove };

/// To the messages whose ids begin so; each is logged. Goes on after an error: prints it, and returns the last.
Result<void> change(const queue::Spool& spool, Change change, const std::vector<std::string>& ids, Time now);
/// To every message that is in a state for it. Those that somebody takes meanwhile are passed over.
Result<void> change_all(const queue::Spool& spool, Change change, Time now);

}  // namespace mailpipe::mta
