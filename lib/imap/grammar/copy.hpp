// SPDX-License-Identifier: ISC
// COPY, MOVE and UID EXPUNGE: RFC 9051 sections 6.4.7 to 6.4.9.
#pragma once

#include <string>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

struct CopyRequest {
    MessageSet messages{};
    std::string mailbox{};

    bool operator==(const CopyRequest&) const = default;
};

/// COPY and MOVE.
Result<CopyRequest> parse_copy(const Command& command, Utf8 utf8);
/// UID EXPUNGE. EXPUNGE by itself has no arguments.
Result<MessageSet> parse_uid_expunge(const Command& command);

}  // namespace mailpipe::imap
