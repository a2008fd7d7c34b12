// SPDX-License-Identifier: ISC
// The STATUS response, which LIST gives too (RFC 5819).
#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "imap/grammar/status.hpp"
#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// "* STATUS name (…)". `name` is canonical. Errors: the mailbox is gone, or can't be read now; nothing has been said.
Result<void> tell_status(Session& session, std::string_view name, const std::vector<StatusItem>& items);
/// The same of a folder that is open. Does not turn on CONDSTORE.
void tell_status(Session& session, store::IndexedFolder& folder, std::string_view name, const std::vector<StatusItem>& items);

}  // namespace mailpipe::imap
