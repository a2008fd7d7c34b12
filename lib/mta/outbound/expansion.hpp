// SPDX-License-Identifier: ISC
// From an alias to the mailboxes that it stands for: nested aliases, :include: files, loops. Manual: aliases(5).
#pragma once

#include <vector>

#include "base/result.hpp"
#include "mail/mailbox.hpp"
#include "mta/addressing.hpp"

namespace mailpipe::mta {

constexpr std::size_t max_alias_depth = 20;
constexpr std::size_t max_alias_members = 10'000;
constexpr std::size_t max_include_octets = 4 * 1024 * 1024;

/// Every mailbox once, in the order of the file; a local one that nobody has is among them, for its own bounce.
/// An alias that names itself means the user of that name.
/// Errors: permanent (5.4.6, 5.3.5 in smtp terms) for a loop, more than max_alias_depth aliases within each other, or
/// more than max_alias_members. Transient for an :include: file that can't be read, has a line that is wrong, or that
/// someone else could have written: it must be a regular file of root's or ours, writable for its owner only.
Result<std::vector<mail::Mailbox>> expand(const Addressing& addressing, const Alias& alias);

}  // namespace mailpipe::mta
