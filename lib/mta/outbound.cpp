// SPDX-License-Identifier: ISC
#include "mta/outbound.hpp"

#include <algorithm>

#include "mta/delivery_plan.hpp"
#include "queue/envelope.hpp"

namespace mailpipe::mta {

namespace {

std::vector<mail::Mailbox> mailboxes_of(const queue::Message& message, std::span<const std::size_t> numbers) {
    std::vector<mail::Mailbox> mailboxes;
    mailboxes.reserve(numbers.size());
    for (const auto number : numbers) mailboxes.push_back(message.recipients()[number].recipient.mailbox);
    return mailboxes;
}

}  // namespace

Result<void> Outbound::take(const Fd& directory, const std::string& file_name) {
    const auto taken = site_.claims->take(directory, file_name);
    if (!taken) return failure(taken.error());
    if (!*taken) return {};
    auto message = queue::Message::open(site_.claims->directory(), file_name, queue::Message::Access::work);
    if (!message) {
        site_.outcomes->put_aside(file_name, message.error());
        return {};
    }
    auto linked = link(*message);
    if (!linked) {
        site_.outcomes->put_back(message->name());
        return failure(linked.error());
    }
    if (*linked) return {};
    finish();
    return work_on(*message);
}

/// The short way: one plain recipient who is a user here, never tried, and a local delivery that links. False: not so.
Result<bool> Outbound::link(queue::Message& message) {
    if (message.has_journal() || !queue::is_plain(message.envelope())) return false;
    const auto& recipient = message.envelope().recipients.front().mailbox;
    const auto found = site_.addressing->resolve(recipient);
    if (!found || found->kind != Resolution::Kind::user) return false;
    const auto trace = read_trace(message);
    if (!trace || is_loop(*trace, recipient, site_.max_received)) return false;

    if (in_flight_.size() == max_in_flight) finish_oldest();
    const auto channel = site_.local->channel();
    if (!channel) return failure(channel.error());
    if (!(*channel)->can_link()) return false;
    auto bare = message.name();
    bare.due.reset();
    const auto sent = (*channel)->send_link(message, to_string(bare));
    in_flight_.push_back(std::move(message));
    if (!sent) lose_flight(sent.error());
    return true;
}

void Outbound::finish_oldest() {
    const auto channel = site_.local->channel();
    const auto reply = channel ? (*channel)->read_link_reply() : tl::unexpected{channel.error()};
    if (!reply) return lose_flight(reply.error());
    site_.outcomes->note_reply(in_flight_.front(), 0, *reply, queue::Event::delivered);
    site_.outcomes->conclude(in_flight_.front());
    in_flight_.pop_front();
}

/// The conversation broke down. The oldest message may be why, so it has to wait; the others go on at once.
void Outbound::lose_flight(const Error& error) {
    site_.local->drop();
    auto& suspect = in_flight_.front();
    site_.outcomes->note_reply(suspect, 0, {451, "4.3.0", error.what}, queue::Event::delivered);
    site_.outcomes->conclude(suspect);
    in_flight_.pop_front();
    for (const auto& message : in_flight_) site_.outcomes->put_back(message.name());
    in_flight_.clear();
}

void Outbound::finish() {
    while (!in_flight_.empty()) finish_oldest();
}

Result<void> Outbound::work_on(queue::Message& message) {
    const auto plan = plan_delivery(message, *site_.addressing, *site_.outcomes, site_.max_received);
    std::span<const std::size_t> left{plan.local};
    while (!left.empty()) {
        const auto some = left.first(std::min(left.size(), LmtpChannel::max_recipients));
        left = left.subspan(some.size());
        if (auto delivered = deliver_local(message, some); !delivered) {
            if (message.has_journal() || message.has_unsaved()) site_.outcomes->save(message);
            site_.outcomes->put_back(message.name());
            return delivered;
        }
        // What is confirmed is written down before anything else is tried; the last time conclude() sees to it.
        if (!left.empty() || !plan.remote.empty()) site_.outcomes->save(message);
    }
    for (const auto& [number, first] : plan.doubles) {
        const auto& outcome = message.recipients()[first].last;
        const bool delivered = outcome && outcome->event == queue::Event::delivered;
        const smtp::Reply reply = delivered ? smtp::Reply{250, "2.1.5", "same mailbox as another recipient"}
                                            : smtp::Reply{outcome->code, outcome->enhanced, outcome->text};
        site_.outcomes->note_reply(message, number, reply, queue::Event::delivered);
    }
    deliver_remote(message, plan.remote);
    site_.outcomes->conclude(message);
    return {};
}

Result<void> Outbound::deliver_local(queue::Message& message, std::span<const std::size_t> numbers) {
    const auto channel = site_.local->channel();
    if (!channel) return failure(channel.error());
    const auto replies = (*channel)->deliver(message, mailboxes_of(message, numbers));
    if ((*channel)->is_broken()) site_.local->drop();
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        site_.outcomes->note_reply(message, numbers[n], replies[n], queue::Event::delivered);
    }
    return {};
}

void Outbound::deliver_remote(queue::Message& message, const std::vector<std::size_t>& numbers) {
    if (numbers.empty()) return;
    const auto replies = site_.remote(message, mailboxes_of(message, numbers));
    for (std::size_t n = 0; n < numbers.size(); ++n) {
        site_.outcomes->note_reply(message, numbers[n], replies[n], queue::Event::relayed);
    }
}

}  // namespace mailpipe::mta
