// SPDX-License-Identifier: ISC
#include "mta/outcome/report_text.hpp"

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"

namespace mailpipe::mta {

std::string duration_text(std::int64_t seconds) {
    if (seconds < 120) return fmt::format("{}s", seconds);
    if (seconds < 120 * 60) return fmt::format("{}m", seconds / 60);
    if (seconds < 48 * 3600) return fmt::format("{}h", seconds / 3600);
    return fmt::format("{}d", seconds / 86400);
}

std::string time_text(std::int64_t unix_seconds) { return rfc3339(Time{std::chrono::seconds{unix_seconds}}); }

std::string wait_text(std::int64_t due, std::int64_t now) {
    return due <= now ? std::string{"due"} : "in " + duration_text(due - now);
}

std::string next_text(queue::State state, const queue::Message& message, std::int64_t now) {
    if (state != queue::State::waiting) return std::string{to_string(state)};
    return wait_text(message.name().due.value_or(now), now);
}

std::string sender_text(const queue::Message& message) {
    const auto& sender = message.envelope().sender;
    return fmt::format("<{}>", sender ? mail::to_string(*sender) : "");
}

std::string_view state_text(const queue::RecipientState& state) {
    return state.last ? to_string(state.last->event) : std::string_view{"pending"};
}

std::string site_of(const queue::RecipientState& state) {
    if (!state.site.empty()) return state.site;
    const auto& domain = state.recipient.mailbox.domain;
    return domain.empty() ? "-" : lower(domain);
}

text::JsonObject recipient_json(const queue::Message& message, const queue::RecipientState& state) {
    text::JsonObject object;
    object.add("address", mail::to_string(state.recipient.mailbox)).add("state", state_text(state)).add("tries", state.tries);
    if (!state.site.empty()) object.add("site", state.site);
    if (state.alias_of != 0) {
        object.add("alias", mail::to_string(message.recipients()[state.alias_of - 1].recipient.mailbox));
    }
    if (state.last && state.last->event != queue::Event::expanded) {
        object.add("time", time_text(state.last->time)).add("code", state.last->code);
        object.add("enhanced", state.last->enhanced).add("text", state.last->text);
    }
    return object;
}

text::JsonObject message_json(queue::State state, const queue::Message& message) {
    const auto& sender = message.envelope().sender;
    text::JsonObject object;
    object.add("version", queue_json_version).add("id", message.name().id).add("state", to_string(state));
    object.add("arrived", rfc3339(message.arrived_at())).add("octets", static_cast<std::int64_t>(message.name().octets));
    object.add("sender", sender ? mail::to_string(*sender) : "");
    if (message.name().due) object.add("due", time_text(*message.name().due));
    return object;
}

}  // namespace mailpipe::mta
