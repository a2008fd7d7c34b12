// SPDX-License-Identifier: ISC
// Which mailboxes NOTIFY and ESEARCH mean: filter-mailboxes of RFC 5465 section 8 and RFC 7377 section 4.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

struct MailboxFilter {
    enum class Kind : std::uint8_t {
        selected, selected_delayed, inboxes, personal, subscribed,
        subtree,      ///< of `mailboxes`, with themselves
        subtree_one,  ///< the same, one level
        mailboxes,
    };
    Kind kind = Kind::selected;
    std::vector<std::string> mailboxes{};

    bool operator==(const MailboxFilter&) const = default;
};

constexpr std::size_t max_filter_mailboxes = 1000;

MailboxFilter take_mailbox_filter(Arguments& in);

}  // namespace mailpipe::imap
