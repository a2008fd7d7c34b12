// SPDX-License-Identifier: ISC
// NOTIFY: RFC 5465.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "imap/grammar/fetch.hpp"
#include "imap/grammar/mailbox_filter.hpp"

namespace mailpipe::imap {

enum class Event : std::uint8_t {
    message_new, message_expunge, flag_change, annotation_change,
    mailbox_name, subscription_change, mailbox_metadata_change,
    server_metadata_change,
};

struct EventGroup {
    MailboxFilter filter{};
    std::vector<Event> events{};           ///< none: NONE
    std::vector<FetchItem> fetch_items{};  ///< of a new message

    bool operator==(const EventGroup&) const = default;
};

/// SELECTED, SELECTED-DELAYED.
bool is_for_selected(const EventGroup& group);

struct NotifyRequest {
    bool is_none = false;  ///< NOTIFY NONE
    bool has_status = false;
    std::vector<EventGroup> groups{};
    std::vector<std::string> unknown_events{};  ///< for NO [BADEVENT (…)]

    bool operator==(const NotifyRequest&) const = default;
};

constexpr std::size_t max_event_groups = 100;

/// Errors: permanent, for BAD, and that is also what RFC 5465 section 5 forbids: MessageNew without MessageExpunge, FlagChange
/// without them, two groups for the selected mailbox, events of mailboxes for it, items to fetch elsewhere.
Result<NotifyRequest> parse_notify(const Command& command, Utf8 utf8);

std::string_view name_of(Event event);

}  // namespace mailpipe::imap
