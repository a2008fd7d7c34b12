// SPDX-License-Identifier: ISC
// The queue's owner at work: sendq --list, --show, --why, --hold, --release, --retry, --bounce, --delete.
#pragma once

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mta/operator/request.hpp"
#include "mta/outcome/notices.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

/// One line for each message on stdout, as list_line() and list_json().
Result<void> print_list(const queue::Spool& spool, const Request& request, Time now);
/// One line for each site and reason, as group_line() and group_json(). All messages are opened: some 10 µs each when they are cached.
Result<void> print_by_site(const queue::Spool& spool, const Request& request, Time now);

enum class Account {
    show,  ///< show_text() and show_json()
    why,   ///< why_text() and why_json()
};
/// Errors: as of change().
Result<void> print_messages(const queue::Spool& spool, Account account, const Request& request, Time now);

enum class Change { hold, release, retry, bounce, remove };

/// To the messages with these ids, or to every one that is in a state for it; each is logged, and with Format::json printed as an
/// object. `rules` are for the reports of Change::bounce. Goes on after an error: prints it, and returns the last. One that is being
/// delivered is an error, but not where all are meant that can be tried or released.
Result<void> change(const queue::Spool& spool, Change change, const Request& request, const NoticeRules& rules, const Clock& clock);

}  // namespace mailpipe::mta
