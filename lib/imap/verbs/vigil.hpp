// SPDX-License-Identifier: ISC
// Waiting for the client, and telling it meanwhile what happens: in IDLE, and with NOTIFY between commands, too.
#pragma once

#include "imap/session/session.hpp"

namespace mailpipe::imap {

enum class Occasion {
    idle,              ///< of the selected mailbox all is told, and now and then a sign of life
    between_commands,  ///< only what NOTIFY has asked for
};

/// Until the client has something to say. Errors: it is silent for too long, or gone.
Result<void> keep_vigil(Session& session, Occasion occasion);

}  // namespace mailpipe::imap
