// SPDX-License-Identifier: ISC
#include "mta/outcome/outcomes.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "base/log.hpp"
#include "mta/outcome/remote_reply.hpp"
#include "mta/outcome/report_text.hpp"
#include "smtp/retry_hint.hpp"

namespace mailpipe::mta {

namespace {

/// Seconds since the message arrived.
std::string delay_text(const queue::Message& message, Time now) {
    const auto delay = std::chrono::duration_cast<std::chrono::milliseconds>(now - message.arrived_at());
    return fmt::format("{:.3f}", std::max(static_cast<double>(delay.count()) / 1000, 0.0));
}

/// The addresses that an alias stands for are parted by tabs.
std::string log_text(std::string text) {
    std::ranges::replace(text, '\t', ' ');
    return text.substr(0, queue::max_reply_octets);
}

}  // namespace

const smtp::Reply& no_room() {
    static const smtp::Reply reply{452, "4.3.1", "no room to write down who has got the message"};
    return reply;
}

void Outcomes::trouble(const Error& error, std::string_view id) {
    LogLine line{"error"};
    if (!id.empty()) line.add("id", id);
    line.add("what", error.what).write();
    if (!trouble_) trouble_ = Error{Fault::transient, error.what, ExitStatus::try_again};
}

void Outcomes::note(queue::Message& message, std::size_t number, queue::Event event, const smtp::Reply& reply) const {
    const auto time = clock_.now();
    const auto text = event == queue::Event::expanded ? reply.text : reply.text.substr(0, queue::max_reply_octets);
    const auto& state = message.recipients()[number];
    LogLine line{to_string(event)};
    line.add("id", message.name().id).add("to", mail::to_string(state.recipient.mailbox));
    if (state.alias_of != 0) {
        line.add("alias", mail::to_string(message.recipients()[state.alias_of - 1].recipient.mailbox));
    }
    line.add("reply", smtp::to_string({reply.code, reply.enhanced, log_text(text)})).add("delay", delay_text(message, time));
    line.write();
    if (metrics_ != nullptr) metrics_->count(site_of(state), event);
    message.note({unix_seconds(time), number + 1, event, reply.code, reply.enhanced, text});
}

void Outcomes::note_reply(queue::Message& message, std::size_t number, const smtp::Reply& reply, queue::Event positive) const {
    if (reply.is_positive()) return note(message, number, positive, reply);
    if (reply.is_permanent()) return note(message, number, queue::Event::failed, reply);
    const bool is_first_try = !message.recipients()[number].last;  // the clock may have been wrong when it came, or is now
    if (is_first_try || !queue::has_expired(rules_.schedule, message.arrived(), now())) {
        return note(message, number, queue::Event::deferred, reply);
    }
    note(message, number, queue::Event::failed, {reply.code, "4.4.7", expired_text(reply)});
}

void Outcomes::leave_reports(queue::Message& message, std::size_t number, std::string_view host) const {
    const auto& state = message.recipients()[number];
    if (!state.last || state.last->event != queue::Event::relayed || !state.recipient.notify.success) return;
    message.note({now(), number + 1, queue::Event::notified, 250, "2.0.0", fmt::format("left to {}", host)});
}

bool Outcomes::save(queue::Message& message) {
    const auto saved = message.save(claims_.directory());
    if (!saved) trouble(saved.error(), message.name().id);
    return saved.has_value();
}

Result<void> Outcomes::notify(queue::Message& message) {
    const auto due = due_notices(rules_, message, now());
    if (due.empty() || is_hopeless(rules_, message)) return {};
    // Outcomes first: without them a crash would try, and tell, everything again.
    if (auto saved = message.save(claims_.directory()); !saved) return saved;
    const auto id = write_notice(rules_, spool_, message, due, clock_.now());
    if (!id) return failure(id.error());
    const auto& sender = message.envelope().sender;
    LogLine("bounced").add("id", message.name().id).add("report", *id)
        .add("to", mail::to_string(sender ? *sender : rules_.postmaster)).write();
    for (const auto number : due) {
        message.note({now(), number + 1, queue::Event::notified, 250, "2.0.0", *id});
    }
    return {};
}

bool Outcomes::conclude(queue::Message& message) {
    const auto& name = message.name();
    auto concluded = notify(message);
    if (concluded && message.is_done() && !is_hopeless(rules_, message)) {
        concluded = claims_.remove(name);
        if (concluded) return true;
    }
    if (!concluded) trouble(concluded.error(), name.id);
    if (!save(message) && message.must_save()) return false;
    if (!message.is_done() || !concluded) return wait_until(name, next_try(message)), true;
    LogLine("held").add("id", name.id).add("why", "a report that nobody can get").write();
    if (auto held = claims_.hold(to_string(name)); !held) trouble(held.error(), name.id);
    return true;
}

/// When the first of the recipients is due: those whose host gave a hint then, the others by the schedule, or when the
/// sender is to be told that it takes longer.
std::int64_t Outcomes::next_try(const queue::Message& message) const {
    const auto& schedule = rules_.schedule;
    const auto& id = message.name().id;
    const auto ordinary = queue::next_try(schedule, message.arrived(), now(), id);
    auto earliest = next_delay_notice(rules_, message, now());
    for (const auto& state : message.recipients()) {
        if (state.is_done()) continue;
        const auto hint = state.last ? smtp::retry_hint({state.last->code, {}, state.last->text}) : std::nullopt;
        const auto due = hint ? queue::hinted_try(schedule, message.arrived(), now(), *hint, id) : ordinary;
        earliest = std::min(due, earliest.value_or(due));
    }
    return earliest.value_or(ordinary);
}

void Outcomes::wait_until(const queue::FileName& name, std::int64_t due) {
    auto back = claims_.put_back(name, due);
    if (!back) trouble(back.error(), name.id);
}

void Outcomes::put_back(const queue::FileName& name) {
    if (auto back = claims_.put_back(name, now()); !back) trouble(back.error(), name.id);
}

void Outcomes::put_aside(const std::string& file_name, const Error& error) {
    const auto name = queue::parse_file_name(file_name);
    if (name && error.fault == Fault::transient) {
        trouble(error, name->id);
        return wait_until(*name, queue::next_try(rules_.schedule, now(), now(), name->id));
    }
    LogLine("held").add("id", name ? name->id : file_name).add("why", error.what).write();
    if (auto held = claims_.hold(file_name); !held) trouble(held.error(), file_name);
}

}  // namespace mailpipe::mta
