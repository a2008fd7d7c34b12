// SPDX-License-Identifier: ISC
// A folder that was Courier's: its keywords become letters in the names of messages, as Dovecot has them.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

/// What courierimapkeywords/ says, where there is no dovecot-keywords yet; then there is one, and this is never done again.
/// Keywords that come after the twenty-sixth are left out. Costs two stat(2) otherwise. Takes lock_uid_map(). Errors: as the
/// lock's, and of a failing disk; dovecot-keywords is not there then, and the next time all of it is done again.
Result<void> adopt_courier_keywords(const Fd& folder);

}  // namespace mailpipe::store
