// SPDX-License-Identifier: ISC
// From root to somebody less, for good.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "base/result.hpp"

namespace mailpipe {

/// Becomes `user` of passwd(5), with that user's groups. Does nothing unless root runs us: what an ordinary user runs
/// belongs to that user. Errors: 78 when there is no such user; nothing is half-way done then.
Result<void> drop_privileges(const std::string& user);

/// Becomes the owner of a mailbox, with one group: `group`, or without it the user's own of passwd(5).
/// Errors: 77 for uid 0 or gid 0: no mailbox is root's.
Result<void> drop_privileges(uid_t user, std::optional<gid_t> group);

}  // namespace mailpipe
