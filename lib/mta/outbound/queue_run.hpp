// SPDX-License-Identifier: ISC
// One run through the queue (cron), or one that never ends (--watch).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/fd.hpp"
#include "base/result.hpp"
#include "mta/outbound/outbound.hpp"
#include "mta/outbound/queue_watch.hpp"
#include "queue/claims.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

class QueueRun {
public:
    /// All is borrowed.
    QueueRun(const queue::Spool& spool, queue::Claims& claims, Outbound& outbound, const queue::Schedule& schedule,
             const Clock& clock)
        : spool_(spool), claims_(claims), outbound_(outbound), schedule_(schedule), clock_(clock) {}

    /// Takes over what dead claimers left, then tries all that is new or due, until there is nothing more; or until SIGTERM, SIGINT or
    /// SIGHUP, which is a transient error: what is under way at other hosts is waited for, the rest is left.
    Result<void> once();

    /// The same, and then whatever comes or falls due, until SIGTERM or SIGINT. `reload` at SIGHUP, between messages.
    /// Errors: transient, when local delivery is lost; others are logged, and it goes on.
    /// `minutely` is called at the start and about once a minute.
    Result<void> watch(const std::function<Result<void>()>& reload, const std::function<void()>& minutely = [] {});

private:
    struct Found {
        const Fd* directory;
        std::string name;
    };
    Result<void> do_all();
    Result<void> look_around();
    Result<std::vector<Found>> find();
    Result<void> take_all(const std::vector<Found>& found);
    Result<void> take_new(QueueWatch& watch);
    Result<void> turn(QueueWatch& watch, Time& swept);
    void wait_for_something(const QueueWatch& watch, std::chrono::milliseconds at_most);
    std::chrono::milliseconds idle_time(Time swept) const;
    void note_due(std::int64_t due);
    bool has_signal();
    bool is_signalled() const;

    const queue::Spool& spool_;
    queue::Claims& claims_;
    Outbound& outbound_;
    const queue::Schedule& schedule_;
    const Clock& clock_;
    std::optional<std::int64_t> next_due_;  // of what waits in cur/
    Fd signals_;
    std::chrono::steady_clock::time_point looked_for_signals_{};
};

}  // namespace mailpipe::mta
