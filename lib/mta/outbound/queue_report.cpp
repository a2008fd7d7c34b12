// SPDX-License-Identifier: ISC
#include "mta/outbound/queue_report.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

using queue::Message;
using queue::RecipientState;
using queue::State;

std::string duration_text(std::int64_t seconds) {
    if (seconds < 120) return fmt::format("{}s", seconds);
    if (seconds < 120 * 60) return fmt::format("{}m", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{}h", seconds / 3600);
    return fmt::format("{}d", seconds / 86400);
}

std::string size_text(std::uint64_t octets) {
    if (octets < 10'000) return fmt::format("{}", octets);
    if (octets < 10'000'000) return fmt::format("{}K", octets / 1000);
    return fmt::format("{}M", octets / 1'000'000);
}

std::string sender_text(const Message& message) {
    const auto& sender = message.envelope().sender;
    return fmt::format("<{}>", sender ? mail::to_string(*sender) : "");
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

std::string next_text(State state, const Message& message, std::int64_t now) {
    if (state != State::waiting) return std::string{to_string(state)};
    const auto wait = message.name().due.value_or(now) - now;
    return wait <= 0 ? "due" : "in " + duration_text(wait);
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

std::string time_text(std::int64_t seconds) { return rfc3339(Time{std::chrono::seconds{seconds}}); }

std::string_view state_text(const RecipientState& state) {
    return state.last ? to_string(state.last->event) : std::string_view{"pending"};
}

std::string recipient_json(const Message& message, const RecipientState& state) {
    text::JsonObject object;
    object.add("address", mail::to_string(state.recipient.mailbox)).add("state", state_text(state)).add("tries", state.tries);
    if (state.alias_of != 0) {
        object.add("alias", mail::to_string(message.recipients()[state.alias_of - 1].recipient.mailbox));
    }
    if (state.last && state.last->event != queue::Event::expanded) {
        object.add("time", time_text(state.last->time)).add("code", state.last->code);
        object.add("enhanced", state.last->enhanced).add("text", state.last->text);
    }
    return object.text();
}

text::JsonObject message_json(State state, const Message& message) {
    text::JsonArray recipients;
    for (const auto& recipient : message.recipients()) recipients.add_raw(recipient_json(message, recipient));
    const auto& sender = message.envelope().sender;
    text::JsonObject object;
    object.add("version", queue_json_version).add("id", message.name().id).add("state", to_string(state));
    object.add("arrived", rfc3339(message.arrived_at())).add("octets", static_cast<std::int64_t>(message.name().octets));
    object.add("sender", sender ? mail::to_string(*sender) : "");
    if (message.name().due) object.add("due", time_text(*message.name().due));
    object.add_raw("recipients", recipients.text());
    return object;
}

}  // namespace

std::string list_line(State state, const Message& message, std::int64_t now) {
    return for_terminal(fmt::format(
        "{} {} {} {} {} {} {}", message.name().id, duration_text(std::max<std::int64_t>(now - message.arrived(), 0)),
        size_text(message.name().octets), sender_text(message), left_text(message), next_text(state, message, now),
        reason_text(message)));
}

std::string list_json(State state, const Message& message) { return message_json(state, message).text(); }

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
    return message_json(state, message).add("header", *header).text();
}

}  // namespace mailpipe::mta
