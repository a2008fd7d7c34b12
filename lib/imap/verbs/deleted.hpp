// SPDX-License-Identifier: ISC
// The messages that EXPUNGE and CLOSE are about.
#pragma once

#include <cstdint>
#include <vector>

#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// Sequence numbers of those with \Deleted.
std::vector<std::uint32_t> deleted(const Session& session);

}  // namespace mailpipe::imap
