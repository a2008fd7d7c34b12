// SPDX-License-Identifier: ISC
// STATUS: RFC 9051 section 6.3.11, RFC 7162 (HIGHESTMODSEQ), RFC 8438 (SIZE), RFC 9208 (DELETED-STORAGE), RFC 7889 (APPENDLIMIT),
// RFC 8474 (MAILBOXID).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

enum class StatusItem : std::uint8_t {
    messages, recent, uid_next, uid_validity, unseen, deleted, size, deleted_storage, highest_mod_seq, append_limit, mailbox_id,
};

struct StatusRequest {
    std::string mailbox{};
    std::vector<StatusItem> items{};  ///< in the order asked, each once

    bool operator==(const StatusRequest&) const = default;
};

Result<StatusRequest> parse_status(const Command& command, Utf8 utf8);

/// "(" status-att *(SP status-att) ")"
std::vector<StatusItem> take_status_items(Arguments& in);
std::string_view name_of(StatusItem item);

}  // namespace mailpipe::imap
