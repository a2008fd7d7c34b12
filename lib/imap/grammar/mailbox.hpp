// SPDX-License-Identifier: ISC
// Commands that take names of mailboxes and little else: RFC 9051 sections 6.3.4 to 6.3.8, with USE of RFC 6154 section 3.
#pragma once

#include <string>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

struct CreateRequest {
    std::string mailbox{};
    std::vector<std::string> uses{};  ///< "\Sent" …, as they came: for store::special_use()

    bool operator==(const CreateRequest&) const = default;
};

struct RenameRequest {
    std::string from{};
    std::string to{};

    bool operator==(const RenameRequest&) const = default;
};

/// What a delimiter at the name's end says, that there will be names below it, is left to the caller.
Result<CreateRequest> parse_create(const Command& command, Utf8 utf8);
Result<RenameRequest> parse_rename(const Command& command, Utf8 utf8);
/// DELETE, SUBSCRIBE, UNSUBSCRIBE, GETQUOTAROOT: one name.
Result<std::string> parse_mailbox(const Command& command, Utf8 utf8);

}  // namespace mailpipe::imap
