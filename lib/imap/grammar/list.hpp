// SPDX-License-Identifier: ISC
// LIST: RFC 9051 section 6.3.9, RFC 5258, RFC 5819 (STATUS), RFC 6154 (SPECIAL-USE); and LSUB: RFC 3501 section 6.3.9.
#pragma once

#include <string>
#include <vector>

#include "imap/grammar/status.hpp"

namespace mailpipe::imap {

struct ListRequest {
    // Selection options. REMOTE selects nothing more: there are no remote mailboxes.
    bool only_subscribed = false;
    bool only_special_use = false;
    bool recursive_match = false;

    std::string reference{};
    std::vector<std::string> patterns{};  ///< as mailbox_name reads them, at least one; for list_pattern.hpp

    // Return options. What CHILDREN and SPECIAL-USE ask for is told anyway.
    bool return_subscribed = false;
    std::vector<StatusItem> return_status{};

    bool is_extended = false;  ///< it has options or several patterns: \HasChildren and \NonExistent are told for them

    bool operator==(const ListRequest&) const = default;
};

constexpr std::size_t max_list_patterns = 100;

/// Errors: permanent, for BAD; options that nobody knows are one (RFC 5258 section 3), MYRIGHTS among them.
Result<ListRequest> parse_list(const Command& command, Utf8 utf8);
/// With only_subscribed.
Result<ListRequest> parse_lsub(const Command& command, Utf8 utf8);

}  // namespace mailpipe::imap
