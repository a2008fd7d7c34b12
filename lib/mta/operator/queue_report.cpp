// SPDX-License-Identifier: ISC
#include "mta/operator/queue_report.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "mta/outcome/report_text.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

using queue::Message;
using queue::State;

std::string size_text(std::uint64_t octets) {
    if (octets < 10'000) return fmt::format("{}", octets);
    if (octets < 10'000'000) return fmt::format("{}K", octets / 1000);
    return fmt::format("{}M", octets / 1'000'000);
}

/// "bob@b.example" or "bob@b.example+2": the first, and how many more.
std::string left_text(const Message& message) {
    std::string first;
    std::size_t more = 0;
    for (const auto& state : message.recipients()) {
        if (state.is_done()) continue;
        if (first.empty()) first = mail::to_string(state.recipient.mailbox);
        else ++more;
    }
    if (first.empty()) return "-";
    return more == 0 ? first : fmt::format("{}+{}", first, more);
}

/// Why somebody still waits, or, where all is decided, what failed.
std::string reason_text(const Message& message) {
    const queue::JournalLine* reason = nullptr;
    for (const auto& state : message.recipients()) {
        if (!state.last) continue;
        if (state.last->event == queue::Event::deferred) return reply_text(*state.last);
        if (state.last->event == queue::Event::failed) reason = &*state.last;
    }
    return reason == nullptr ? "-" : reply_text(*reason);
}

text::JsonObject whole_json(State state, const Message& message) {
    text::JsonArray recipients;
    for (const auto& recipient : message.recipients()) recipients.add_raw(recipient_json(message, recipient).text());
    return message_json(state, message).add_raw("recipients", recipients.text());
}

}  // namespace

std::string list_line(State state, const Message& message, std::int64_t now) {
    return for_terminal(fmt::format(
        "{} {} {} {} {} {} {}", message.name().id, duration_text(std::max<std::int64_t>(now - message.arrived(), 0)),
        size_text(message.name().octets), sender_text(message), left_text(message), next_text(state, message, now),
        reason_text(message)));
}

std::string list_json(State state, const Message& message) { return whole_json(state, message).text(); }

Result<std::string> show_text(State state, Message& message, std::int64_t now) {
    auto text = fmt::format("id: {}\nstate: {}\narrived: {}\noctets: {}\nsender: {}\n", message.name().id,
                            next_text(state, message, now), rfc3339(message.arrived_at()), message.name().octets,
                            sender_text(message));
    for (const auto& recipient : message.recipients()) {
        text += fmt::format("recipient: {} {}", mail::to_string(recipient.recipient.mailbox), state_text(recipient));
        if (recipient.alias_of != 0) {
            const auto& alias = message.recipients()[recipient.alias_of - 1];
            text += fmt::format(" alias {}", mail::to_string(alias.recipient.mailbox));
        }
        if (recipient.last && recipient.last->event != queue::Event::expanded) {
            text += fmt::format(" {} {}", time_text(recipient.last->time), reply_text(*recipient.last));
        }
        text += '\n';
    }
    const auto header = message.header(max_shown_header_octets);
    if (!header) return failure(header.error());
    text += '\n';
    text += *header;
    return for_terminal(text);
}

Result<std::string> show_json(State state, Message& message) {
    const auto header = message.header(max_shown_header_octets);
    if (!header) return failure(header.error());
    return whole_json(state, message).add("header", *header).text();
}

}  // namespace mailpipe::mta
