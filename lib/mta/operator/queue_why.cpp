// SPDX-License-Identifier: ISC
#include "mta/operator/queue_why.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/utf8.hpp"
#include "mta/operator/reply_meaning.hpp"
#include "mta/outcome/remote_reply.hpp"
#include "mta/outcome/report_text.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

namespace {

using queue::Event;
using queue::JournalLine;
using queue::Message;
using queue::RecipientState;
using queue::State;

/// Those of each recipient, by his number from 0.
Result<std::vector<std::vector<JournalLine>>> attempts_of(const Message& message) {
    auto lines = message.journal();
    if (!lines) return failure(lines.error());
    std::vector<std::vector<JournalLine>> attempts{message.recipients().size()};
    for (auto& line : *lines) {
        if (line.recipient <= attempts.size()) attempts[line.recipient - 1].push_back(std::move(line));
    }
    return attempts;
}

bool is_trouble(const JournalLine& line) {
    return line.event == Event::deferred || line.event == Event::failed || line.event == Event::tried;
}

/// Of the last reply that kept the message from him; nothing where none does.
std::optional<Meaning> meaning_of(const RecipientState& state, const std::vector<JournalLine>& attempts) {
    if (state.is_done() && state.last->event != Event::failed) return {};
    const auto last = std::find_if(attempts.rbegin(), attempts.rend(), is_trouble);
    if (last == attempts.rend()) return {};
    return reply_meaning(last->code, last->enhanced, last->text, state.site);
}

/// What a journal line says, as people read it: routed and expanded have no reply.
std::string words_of(const JournalLine& line) {
    if (line.event == Event::routed) return "to " + line.text;
    if (line.event != Event::expanded) return reply_text(line);
    auto addresses = line.text;
    std::ranges::replace(addresses, '\t', ' ');
    return "to " + addresses;
}

std::string where_text(State state, const Message& message, std::int64_t now) {
    switch (state) {
        case State::fresh: return "new: not tried yet";
        case State::waiting: return "waiting: next try " + next_text(state, message, now);
        case State::active: return "active: it is being delivered now";
        case State::held: return "held: not tried until it is released";
    }
    return {};
}

std::string heading(const Message& message, const RecipientState& state) {
    auto text = fmt::format("recipient: {} {}", mail::to_string(state.recipient.mailbox), state_text(state));
    if (state.alias_of != 0) {
        text += fmt::format(" alias {}", mail::to_string(message.recipients()[state.alias_of - 1].recipient.mailbox));
    }
    if (state.tries > 0) {
        text += fmt::format("{} {} {}", state.is_done() ? ", deferred" : "", state.tries, state.tries == 1 ? "time" : "times");
    }
    if (!state.is_done()) text += ", site " + site_of(state);
    return text + '\n';
}

std::string attempt_json(const JournalLine& line) {
    text::JsonObject object;
    object.add("time", time_text(line.time)).add("event", to_string(line.event)).add("code", line.code);
    object.add("enhanced", line.enhanced).add("text", line.text);
    const auto said = remote_reply(line);
    if (said.host.empty()) return object.text();
    object.add("host", said.host);
    if (!said.command.empty()) object.add("command", said.command);
    return object.add("reply", said.reply).text();
}

}  // namespace

Result<std::string> why_text(State state, const Message& message, std::int64_t now) {
    const auto attempts = attempts_of(message);
    if (!attempts) return failure(attempts.error());
    auto text = fmt::format("id: {}\nstate: {}\narrived: {}, {} ago\nsender: {}\n", message.name().id,
                            where_text(state, message, now), rfc3339(message.arrived_at()),
                            duration_text(std::max<std::int64_t>(now - message.arrived(), 0)), sender_text(message));
    for (std::size_t n = 0; n < attempts->size(); ++n) {
        const auto& recipient = message.recipients()[n];
        text += '\n' + heading(message, recipient);
        for (const auto& line : (*attempts)[n]) {
            text += fmt::format("  {} {} {}\n", time_text(line.time), to_string(line.event), words_of(line));
        }
        const auto meaning = meaning_of(recipient, (*attempts)[n]);
        if (meaning) text += fmt::format("  cause: {}\n  remedy: {}\n", meaning->cause, meaning->remedy);
    }
    return for_terminal(text);
}

Result<std::string> why_json(State state, const Message& message) {
    const auto attempts = attempts_of(message);
    if (!attempts) return failure(attempts.error());
    text::JsonArray recipients;
    for (std::size_t n = 0; n < attempts->size(); ++n) {
        const auto& recipient = message.recipients()[n];
        text::JsonArray lines;
        for (const auto& line : (*attempts)[n]) lines.add_raw(attempt_json(line));
        auto object = recipient_json(message, recipient);
        object.add_raw("attempts", lines.text());
        const auto meaning = meaning_of(recipient, (*attempts)[n]);
        if (meaning) object.add("cause", meaning->cause).add("remedy", meaning->remedy);
        recipients.add_raw(object.text());
    }
    return message_json(state, message).add_raw("recipients", recipients.text()).text();
}

}  // namespace mailpipe::mta
