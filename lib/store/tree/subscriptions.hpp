// SPDX-License-Identifier: ISC
// The file `subscriptions` in the root: Dovecot's version 2, and its older one (read only). Courier's
// courierimapsubscribed is read where there is no such file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "store/tree/mailbox_name.hpp"

namespace mailpipe::store {

/// Canonical names, each once, in the order of the file. Lines that are no name by these rules are left out.
std::vector<std::string> parse_subscriptions(std::string_view text, const NameRules& rules);

/// What is subscribed need not exist. Errors: as the system's; permanent for a file of 4 MB and more.
Result<std::vector<std::string>> read_subscriptions(const Fd& root, const NameRules& rules);

/// These write version 2 under Dovecot's lock, durable; lines that are no name by these rules stay. That it is (or is
/// not) subscribed already is no error. Precondition: `name` is canonical. Errors: EAGAIN, transient, for the lock.
Result<void> subscribe(const Fd& root, const NameRules& rules, std::string_view name);
Result<void> unsubscribe(const Fd& root, const NameRules& rules, std::string_view name);

}  // namespace mailpipe::store
