// SPDX-License-Identifier: ISC
// A message that stands in the spool as it shall stand in the Maildir: the file gets a second name instead of a copy.
#pragma once

#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "mta/local/local_message.hpp"

namespace mailpipe::mta {

/// Puts the whole of `file`, which whoever wrote it has synced, into the new/ of each destination under `name`, which
/// has to be "<unique>,S=<octets>,W=<wire octets>" and tell its size. It is linked where it can be, else copied: to
/// another file system, for another owner, or where others may read it. A name that is there already was stored before.
std::vector<Outcome> link_message(LocalStore& store, const std::vector<Destination>& destinations, const Fd& file,
                                  std::string_view name);

}  // namespace mailpipe::mta
