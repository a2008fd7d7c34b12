// SPDX-License-Identifier: ISC
// From a command's first line to its tagged response.
#pragma once

#include <string>

#include "imap/session/session.hpp"

namespace mailpipe::imap {

/// Obeys one command, whose first line `text` is. Errors end the session.
Result<void> obey(Session& session, std::string text);

}  // namespace mailpipe::imap
