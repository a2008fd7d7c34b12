// SPDX-License-Identifier: ISC
// Whom root becomes where the spool is worked on: whoever owns it, mostly the user "mailpipe".
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "mta/acting_as.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

/// Nothing unless root runs us. Errors: 78 when there is no such directory, or it is root's.
Result<std::optional<Owner>> spool_owner(const std::string& path);

/// Opens it as that owner, whose whatever is made in it is then.
Result<queue::Spool> open_spool(const std::string& path, const std::optional<Owner>& owner);

/// For good. Does nothing where root has been given up before.
Result<void> become(const std::optional<Owner>& owner);

}  // namespace mailpipe::mta
