// SPDX-License-Identifier: ISC
// What happens to a message of the queue: claimed, its aliases expanded, handed on, its outcomes journalled, its sender
// told. States and crashes: spool(5).
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/directory.hpp"
#include "mta/dispatch/dispatcher.hpp"
#include "mta/outbound/local_station.hpp"
#include "mta/outcome/outcomes.hpp"
#include "queue/claims.hpp"
#include "queue/full_mailboxes.hpp"
#include "queue/message.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

/// What it works with; all of it outlives it.
struct OutboundSite {
    const queue::Spool* spool;
    queue::Claims* claims;
    Directory* directory;
    Outcomes* outcomes;
    LocalStation* local;
    queue::FullMailboxes* full;
    /// Mail to other hosts: asked for once, when there is some. Errors: 78, and 75 without descriptors.
    std::function<Result<Dispatcher*>()> remote;
};

class Outbound {
public:
    /// So many messages may wait for their reply: local delivery then syncs a directory once for several of them.
    static constexpr std::size_t max_in_flight = 64;

    explicit Outbound(OutboundSite site) : site_(std::move(site)) {}

    /// Tries a message once, if nobody else has it. It may be in flight afterwards. Errors: transient, when nothing can be delivered
    /// now, whatever the message; then it's back in cur/, due at once.
    Result<void> take(const Fd& directory, const std::string& file_name);
    /// Waits for all that is in flight to local mailboxes.
    void finish_local();
    /// The same, and for all that goes to other hosts; asks `is_over` now and then whether to leave that to stop().
    void finish(const std::function<bool()>& is_over = [] { return false; });
    /// To be polled while nothing else is to be done: readable when turn() has something to do, -1 where nothing will be; and how
    /// long that may be put off.
    int file_number() const { return remote_ == nullptr ? -1 : remote_->file().number(); }
    std::chrono::milliseconds patience() const { return remote_ == nullptr ? std::chrono::hours{1} : remote_->patience(); }
    /// Waits for other hosts' answers, `at_most` so long, and does what they ask for.
    void turn(std::chrono::milliseconds at_most);
    /// What has not been begun at other hosts goes back into cur/; what has is waited for, for a while.
    void stop();
    /// Ends a run: tries again to write down what could not be. Errors: transient, when local delivery could not be reached, and
    /// what OutboundSite::remote() says; then it was not asked again, and its recipients were deferred.
    Result<void> end_run();
    /// Outcomes::take_trouble()
    std::optional<Error> take_trouble() const { return site_.outcomes->take_trouble(); }
    /// Learns anew whose mailbox is full: FullMailboxes::refresh().
    Result<void> refresh() { return site_.full->refresh(); }
    /// A message, by its file's name, that is not to be taken now: its site has enough to do.
    bool is_parked(std::string_view file_name) const;
    /// A message from Dispatcher: its recipients at other hosts have had their try.
    void conclude(queue::Message& message);
    /// Nothing local can be delivered any more by this process.
    bool is_lost() const { return site_.local->is_lost(); }
    /// Errors: transient, when it is lost.
    Result<void> check_station() const { return site_.local->check(); }

private:
    LmtpChannel* station();
    bool link(queue::Message& message);
    void note_delivery(queue::Message& message, std::size_t number, const smtp::Reply& reply);
    Result<void> work_on(queue::Message message);
    void finish_oldest();
    void lose_flight(const Error& error);
    Result<void> deliver_local(queue::Message& message, std::span<const std::size_t> numbers);
    bool can_leave();
    void retake();
    void serve(std::chrono::milliseconds at_most);
    void defer(queue::Message& message, std::span<const std::size_t> numbers, const smtp::Reply& reply) const;

    OutboundSite site_;
    Dispatcher* remote_ = nullptr;  // from the first message for another host on
    std::deque<queue::Message> in_flight_;
    std::vector<queue::Message> kept_;  // claimed, with outcomes that could not be written down
    std::optional<Error> unreachable_;  // local delivery, in this run
    std::optional<Error> unopened_;     // mail to other hosts, in this run
};

}  // namespace mailpipe::mta
