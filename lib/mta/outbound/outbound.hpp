// SPDX-License-Identifier: ISC
// What happens to a message of the queue: claimed, its aliases expanded, handed on, its outcomes journalled, its sender
// told. States and crashes: spool(5).
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/directory.hpp"
#include "mta/outbound/local_station.hpp"
#include "mta/outbound/next_hop.hpp"
#include "mta/outbound/outcomes.hpp"
#include "queue/claims.hpp"
#include "queue/full_mailboxes.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// What it works with; all of it outlives it.
struct OutboundSite {
    queue::Claims* claims;
    Directory* directory;
    const Outcomes* outcomes;
    LocalStation* local;
    queue::FullMailboxes* full;
    NextHop remote;
};

class Outbound {
public:
    /// So many messages may wait for their reply: local delivery then syncs a directory once for several of them.
    static constexpr std::size_t max_in_flight = 64;

    explicit Outbound(OutboundSite site) : site_(std::move(site)) {}

    /// Tries a message once, if nobody else has it. It may be in flight afterwards. Errors: transient, when nothing can
    /// be delivered now, whatever the message; then it's back in cur/, due at once.
    Result<void> take(const Fd& directory, const std::string& file_name);
    /// Waits for all that is in flight.
    void finish();
    /// Ends a run: tries again to write down what could not be. Errors: transient, when local delivery could not be
    /// reached; then it was not asked again, and local recipients were deferred.
    Result<void> end_run();
    /// Learns anew whose mailbox is full: FullMailboxes::refresh().
    Result<void> refresh() { return site_.full->refresh(); }
    /// Nothing local can be delivered any more by this process.
    bool is_lost() const { return site_.local->is_lost(); }
    /// Errors: transient, when it is lost.
    Result<void> check_station() const { return site_.local->check(); }

private:
    LmtpChannel* station();
    bool link(queue::Message& message);
    void note_delivery(queue::Message& message, std::size_t number, const smtp::Reply& reply);
    Result<void> work_on(queue::Message& message);
    void conclude(queue::Message& message);
    void finish_oldest();
    void lose_flight(const Error& error);
    Result<void> deliver_local(queue::Message& message, std::span<const std::size_t> numbers);
    void deliver_remote(queue::Message& message, std::span<const std::size_t> numbers);
    void defer(queue::Message& message, std::span<const std::size_t> numbers, const smtp::Reply& reply) const;

    OutboundSite site_;
    std::deque<queue::Message> in_flight_;
    std::vector<queue::Message> kept_;  // claimed, with outcomes that could not be written down
    std::optional<Error> unreachable_;  // local delivery, in this run
};

}  // namespace mailpipe::mta
