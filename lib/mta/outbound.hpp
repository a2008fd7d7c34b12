// SPDX-License-Identifier: ISC
// What happens to a message of the queue: claimed, its aliases expanded, handed on, its outcomes journalled, its sender
// told. States and crashes: spool(5).
#pragma once

#include <deque>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/addressing.hpp"
#include "mta/local_station.hpp"
#include "mta/next_hop.hpp"
#include "mta/outcomes.hpp"
#include "queue/claims.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// What it works with; all of it outlives it.
struct OutboundSite {
    queue::Claims* claims;
    const Addressing* addressing;
    const Outcomes* outcomes;
    LocalStation* local;
    NextHop remote;
    std::size_t max_received = 100;  ///< Received fields of a message that loops: RFC 5321 section 6.3
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

    /// Uses another one from now on. Precondition: nothing is in flight.
    void use(const Addressing& addressing) { site_.addressing = &addressing; }

private:
    Result<bool> link(queue::Message& message);
    Result<void> work_on(queue::Message& message);
    void finish_oldest();
    void lose_flight(const Error& error);
    Result<void> deliver_local(queue::Message& message, std::span<const std::size_t> numbers);
    void deliver_remote(queue::Message& message, const std::vector<std::size_t>& numbers);

    OutboundSite site_;
    std::deque<queue::Message> in_flight_;
};

}  // namespace mailpipe::mta
