// SPDX-License-Identifier: ISC
// NOTIFY (RFC 5465): what the client wants to hear of, also when no command is in progress.
#include "imap/grammar/notify.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "imap/verbs/announce.hpp"
#include "imap/verbs/notifier.hpp"
#include "imap/verbs/verbs.hpp"

namespace mailpipe::imap {

namespace {

constexpr Event supported[] = {Event::message_new,         Event::message_expunge,         Event::flag_change,           Event::mailbox_name,
                               Event::subscription_change, Event::mailbox_metadata_change, Event::server_metadata_change};

bool has_unsupported(const NotifyRequest& request) {
    const auto is_unsupported = [](Event event) { return std::ranges::find(supported, event) == std::end(supported); };
    return !request.unknown_events.empty() ||
           std::ranges::any_of(request.groups, [&](const auto& group) { return std::ranges::any_of(group.events, is_unsupported); });
}

Reply bad_event() {
    std::string names;
    for (const auto event : supported) names.append(names.empty() ? "" : " ").append(name_of(event));
    return no(fmt::format("BADEVENT ({})", names), "there are no other events here");
}

bool has(const EventGroup& group, Event event) { return std::ranges::find(group.events, event) != group.events.end(); }

/// Without a group for the selected mailbox nothing of it is told: RFC 5465 section 3.1.
SelectedEvents selected_events(const std::vector<EventGroup>& groups) {
    SelectedEvents events{.is_asked = true, .messages = false, .flags = false};
    for (const auto& group : groups) {
        if (!is_for_selected(group)) continue;
        events.messages = has(group, Event::message_new);
        events.flags = has(group, Event::flag_change);
        events.delays_expunges = group.filter.kind == MailboxFilter::Kind::selected_delayed;
        events.items = group.fetch_items;
    }
    for (auto& item : events.items) item.is_peek = true;  // what nobody asks for at that moment does not set \Seen
    return events;
}

}  // namespace

Result<Reply> verbs::notify(Session& session, const Command& command) {
    if (!offers(session, "NOTIFY")) return bad("NOTIFY is not offered");
    const auto request = parse_notify(command, session.utf8());
    if (!request) return bad(request.error());
    if (request->is_none) {
        stop_notifying(session);
        return ok("nothing will be told");
    }
    if (has_unsupported(*request)) return bad_event();
    auto notifier = std::make_shared<Notifier>(request->groups);
    if (auto r = notifier->begin(session, request->has_status); !r) {
        return r.error().number == EMFILE ? no("NOTIFICATIONOVERFLOW", r.error().what) : no(r.error());
    }
    // Up to now all counts: RFC 5465 section 3.1.
    if (session.mailbox) {
        if (auto r = announce(session, store::Expunges::tell); !r) return failure(r.error());
    }
    session.events = selected_events(request->groups);
    const bool is_watching = session.events.messages || !std::ranges::all_of(request->groups, is_for_selected);
    session.notifier = is_watching ? std::move(notifier) : nullptr;
    return ok("what happens will be told");
}

}  // namespace mailpipe::imap
