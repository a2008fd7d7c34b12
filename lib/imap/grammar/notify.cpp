// SPDX-License-Identifier: ISC
#include "imap/grammar/notify.hpp"

#include <algorithm>
#include <iterator>

#include "base/ascii.hpp"

namespace mailpipe::imap {

namespace {

struct Name {
    std::string_view name;
    Event event;
};
constexpr Name names[] = {
    {"MessageNew", Event::message_new},
    {"MessageExpunge", Event::message_expunge},
    {"FlagChange", Event::flag_change},
    {"AnnotationChange", Event::annotation_change},
    {"MailboxName", Event::mailbox_name},
    {"SubscriptionChange", Event::subscription_change},
    {"MailboxMetadataChange", Event::mailbox_metadata_change},
    {"ServerMetadataChange", Event::server_metadata_change},
};

bool is_of_messages(Event event) { return event <= Event::annotation_change; }

bool has(const EventGroup& group, Event event) { return std::ranges::find(group.events, event) != group.events.end(); }

void take_event(Arguments& in, EventGroup& group, NotifyRequest& request) {
    auto word = in.atom();
    const auto* name = std::ranges::find_if(names, [&](const Name& each) { return iequals(each.name, word); });
    if (name == std::end(names)) {
        request.unknown_events.push_back(std::move(word));
        return;
    }
    if (!has(group, name->event)) group.events.push_back(name->event);
    if (name->event != Event::message_new || !in.rest().starts_with(" (")) return;
    in.space();
    group.fetch_items = take_fetch_items(in);
}

void check(Arguments& in, const EventGroup& group) {
    const bool has_new = has(group, Event::message_new);
    if (has_new != has(group, Event::message_expunge)) in.fail("MessageNew and MessageExpunge go together");
    if (has(group, Event::flag_change) && !has_new) in.fail("FlagChange needs MessageNew and MessageExpunge");
    if (is_for_selected(group) && !std::ranges::all_of(group.events, is_of_messages)) in.fail("the selected mailbox has events of messages only");
    if (!is_for_selected(group) && !group.fetch_items.empty()) in.fail("only of the selected mailbox items can be fetched");
}

EventGroup take_group(Arguments& in, NotifyRequest& request) {
    EventGroup group;
    in.expect('(');
    group.filter = take_mailbox_filter(in);
    if (group.filter.kind == MailboxFilter::Kind::subtree_one) in.fail("SUBTREE-ONE is for ESEARCH");
    in.space();
    if (!in.take_word("NONE")) in.list([&] { take_event(in, group, request); });
    in.expect(')');
    check(in, group);
    return group;
}

}  // namespace

bool is_for_selected(const EventGroup& group) {
    return group.filter.kind == MailboxFilter::Kind::selected || group.filter.kind == MailboxFilter::Kind::selected_delayed;
}

Result<NotifyRequest> parse_notify(const Command& command, Utf8 utf8) {
    Arguments in{command, utf8};
    NotifyRequest request;
    request.is_none = in.take_word("NONE");
    if (request.is_none) return in.finish(std::move(request));
    if (!in.take_word("SET")) in.fail("SET or NONE expected, not", in.rest());
    in.space();
    request.has_status = in.take_word("STATUS");
    if (request.has_status) in.space();
    do {
        request.groups.push_back(take_group(in, request));
        if (request.groups.size() > max_event_groups) in.fail("more groups than anybody needs");
    } while (in.take(' ') && !in.at_end());
    if (std::ranges::count_if(request.groups, is_for_selected) > 1) in.fail("two groups for the selected mailbox");
    return in.finish(std::move(request));
}

std::string_view name_of(Event event) { return std::ranges::find(names, event, &Name::event)->name; }

}  // namespace mailpipe::imap
