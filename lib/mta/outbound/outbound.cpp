// SPDX-License-Identifier: ISC
#include "mta/outbound/outbound.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "mta/outbound/delivery_plan.hpp"
#include "queue/envelope.hpp"

namespace mailpipe::mta {

namespace {

std::vector<mail::Mailbox> mailboxes_of(const queue::Message& message, std::span<const std::size_t> numbers) {
    std::vector<mail::Mailbox> mailboxes;
    mailboxes.reserve(numbers.size());
    for (const auto number : numbers) mailboxes.push_back(message.recipients()[number].recipient.mailbox);
    return mailboxes;
}

/// One recipient who gets it needs no journal: the message goes.
bool needs_journal(const queue::Message& message) {
    return message.recipients().size() > 1 || !queue::is_plain(message.envelope());
}

}  // namespace

Result<void> Outbound::take(const Fd& directory, const std::string& file_name) {
    const auto taken = site_.claims->take(directory, file_name);
    if (!taken) return failure(taken.error());
    if (!*taken) return {};
    site_.directory->glance();
    auto message = queue::Message::open(site_.claims->directory(), file_name, queue::Message::Access::work);
    if (!message) {
        site_.outcomes->put_aside(file_name, message.error());
        return {};
    }
    if (link(*message)) return {};
    return work_on(std::move(*message));
}

/// What waited in cur/ for its site. That somebody else has it by now, or that it can't be had, is no matter.
void Outbound::retake() {
    for (const auto& name : remote_->retakable()) {
        if (auto taken = take(site_.spool->waiting(), name); !taken) LogLine("error").add("what", taken.error().what).write();
    }
}

bool Outbound::is_parked(std::string_view file_name) const {
    const auto name = queue::parse_file_name(file_name);
    return name && remote_ != nullptr && remote_->is_parked(name->id);
}

void Outbound::serve(std::chrono::milliseconds at_most) {
    remote_->turn(at_most);
    retake();
}

void Outbound::turn(std::chrono::milliseconds at_most) {
    if (remote_ != nullptr && remote_->is_busy()) serve(at_most);
}

/// Null when local mail can't be handed over in this run.
LmtpChannel* Outbound::station() {
    if (unreachable_) return nullptr;
    const auto channel = site_.local->channel();
    if (channel) return *channel;
    unreachable_ = channel.error();
    return nullptr;
}

/// The short way: one plain recipient who is a user here, never tried, and a local delivery that links. False: not so.
bool Outbound::link(queue::Message& message) {
    if (message.has_journal() || !queue::is_plain(message.envelope())) return false;
    const auto& recipient = message.envelope().recipients.front().mailbox;
    const auto found = site_.directory->addressing().resolve(recipient);
    if (!found || found->kind != Resolution::Kind::user) return false;
    const auto trace = read_trace(message);
    if (!trace || trace->delivered_to.contains(recipient)) return false;

    if (in_flight_.size() == max_in_flight) finish_oldest();
    auto bare = message.name();
    bare.due.reset();
    for (int tries = 0; tries < 2; ++tries) {  // what could not be sent nobody has: once more, in a new conversation
        auto* channel = station();
        if (channel == nullptr || !channel->can_link()) return false;
        const auto sent = channel->send_link(message, to_string(bare));
        if (sent) {
            in_flight_.push_back(std::move(message));
            return true;
        }
        message.lend();
        lose_flight(sent.error());
    }
    return false;
}

void Outbound::finish_oldest() {
    const auto channel = site_.local->channel();
    const auto reply = channel ? (*channel)->read_link_reply() : tl::unexpected{channel.error()};
    site_.claims->touch();
    if (!reply) return lose_flight(reply.error());
    note_delivery(in_flight_.front(), 0, *reply);
    conclude(in_flight_.front());
    in_flight_.pop_front();
}

/// A mailbox that is full, or no longer, is remembered for smtpd.
void Outbound::note_delivery(queue::Message& message, std::size_t number, const smtp::Reply& reply) {
    site_.outcomes->note_reply(message, number, reply, queue::Event::delivered);
    const bool full = reply.enhanced == "4.2.2" || reply.enhanced == "5.2.2";
    if (!full && (!reply.is_positive() || site_.full->empty())) return;
    const auto found = site_.directory->addressing().resolve_user(message.recipients()[number].recipient.mailbox);
    if (!found || found->kind != Resolution::Kind::user) return;
    const auto octets = message.name().wire_octets;
    if (!full) return site_.full->remove(found->user, octets);
    if (auto noted = site_.full->add(found->user, octets); !noted) site_.outcomes->trouble(noted.error());
}

/// The conversation broke down. The oldest message may be why, so it has to wait; the others go on at once.
void Outbound::lose_flight(const Error& error) {
    site_.local->drop();
    if (in_flight_.empty()) return;
    auto& suspect = in_flight_.front();
    suspect.lend();
    site_.outcomes->note_reply(suspect, 0, {451, "4.3.0", error.what}, queue::Event::delivered);
    conclude(suspect);
    in_flight_.pop_front();
    for (const auto& message : in_flight_) site_.outcomes->put_back(message.name());
    in_flight_.clear();
}

void Outbound::conclude(queue::Message& message) {
    if (!site_.outcomes->conclude(message)) kept_.push_back(std::move(message));
}

void Outbound::finish_local() {
    while (!in_flight_.empty()) finish_oldest();
}

void Outbound::finish(const std::function<bool()>& is_over) {
    using namespace std::chrono_literals;
    finish_local();
    if (remote_ == nullptr) return;
    while (!remote_->is_idle()) {
        if (is_over()) return;
        serve(1s);
        finish_local();
    }
    remote_->close_idle();
}

void Outbound::stop() {
    if (remote_ != nullptr) remote_->stop();
    static_cast<void>(end_run());
}

Result<void> Outbound::end_run() {
    finish_local();
    for (auto& message : std::exchange(kept_, {})) conclude(message);
    const auto unopened = std::exchange(unopened_, {});
    if (const auto error = std::exchange(unreachable_, {})) return failure(*error);
    if (unopened) return failure(*unopened);
    return {};
}

Result<void> Outbound::work_on(queue::Message message) {
    const auto plan = plan_delivery(message, *site_.directory, [&](std::size_t number, const smtp::Reply& reply) {
        site_.outcomes->note_reply(message, number, reply, queue::Event::expanded);
    });
    std::span<const std::size_t> local{plan.local};
    std::span<const std::size_t> remote{plan.remote};
    bool may_go_on = true;
    if (needs_journal(message) && !(local.empty() && remote.empty())) {
        const auto reserved = message.reserve_journal(site_.claims->directory());
        if (!reserved) site_.outcomes->trouble(reserved.error(), message.name().id);
        may_go_on = reserved.has_value();
    }
    if (!local.empty()) finish_local();
    while (may_go_on && !local.empty()) {
        const auto some = local.first(std::min(local.size(), LmtpChannel::max_recipients));
        if (auto delivered = deliver_local(message, some); !delivered) {
            if (message.has_journal() || message.has_unsaved()) site_.outcomes->save(message);
            if (message.must_save()) kept_.push_back(std::move(message));
            else site_.outcomes->put_back(message.name());
            return delivered;
        }
        local = local.subspan(some.size());
        // What is confirmed is written down before anything else is tried; the last time conclude() sees to it.
        if (!local.empty() || !remote.empty()) may_go_on = site_.outcomes->save(message) || !message.must_save();
    }
    if (!may_go_on) {
        defer(message, local, no_room());
        defer(message, remote, no_room());
        remote = {};
    }
    for (const auto& [number, first] : plan.doubles) {
        const auto& outcome = message.recipients()[first].last;
        const bool delivered = outcome && outcome->event == queue::Event::delivered;
        const smtp::Reply reply = delivered ? smtp::Reply{250, "2.1.5", "same mailbox as another recipient"}
                                            : smtp::Reply{outcome->code, outcome->enhanced, outcome->text};
        site_.outcomes->note_reply(message, number, reply, queue::Event::delivered);
    }
    if (!remote.empty() && can_leave()) {
        remote_->add(std::move(message), {remote.begin(), remote.end()});
        return {};
    }
    if (!remote.empty()) defer(message, remote, {451, "4.3.5", unopened_->what});
    conclude(message);
    return {};
}

/// False: nothing for other hosts in this run.
bool Outbound::can_leave() {
    if (remote_ != nullptr || unopened_) return remote_ != nullptr;
    const auto opened = site_.remote();
    if (opened) remote_ = *opened;
    else unopened_ = opened.error();
    return opened.has_value();
}

Result<void> Outbound::deliver_local(queue::Message& message, std::span<const std::size_t> numbers) {
    const auto mailboxes = mailboxes_of(message, numbers);
    std::vector<smtp::Reply> replies;
    for (int tries = 0; tries < 2; ++tries) {  // a server that ends the conversation before the text has nothing
        auto* channel = station();
        if (channel == nullptr) {
            if (is_lost()) return failure(*unreachable_);
            defer(message, numbers, {451, "4.4.1", unreachable_->what});
            return {};
        }
        replies = channel->deliver(message, mailboxes);
        site_.claims->touch();
        const bool again = channel->broke_before_text();
        if (channel->is_broken()) site_.local->drop();
        if (!again) break;
    }
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        note_delivery(message, numbers[n], replies[n]);
    }
    return {};
}

void Outbound::defer(queue::Message& message, std::span<const std::size_t> numbers, const smtp::Reply& reply) const {
    for (const auto number : numbers) site_.outcomes->note_reply(message, number, reply, queue::Event::delivered);
}

}  // namespace mailpipe::mta
