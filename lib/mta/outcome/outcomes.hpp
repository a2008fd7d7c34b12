// SPDX-License-Identifier: ISC
// How a try at a message ends: outcomes go to the log and the journal, reports to the sender, the file to its next place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mta/outcome/metrics.hpp"
#include "mta/outcome/notices.hpp"
#include "queue/claims.hpp"
#include "queue/message.hpp"
#include "queue/spool.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

/// To whom nothing is sent, as it could not be written down who has got it.
const smtp::Reply& no_room();

class Outcomes {
public:
    /// All but the rules is borrowed.
    Outcomes(const queue::Spool& spool, const queue::Claims& claims, NoticeRules rules, const Clock& clock)
        : spool_(spool), claims_(claims), rules_(std::move(rules)), clock_(clock) {}

    /// What is noted from now on is counted there; borrowed.
    void count_in(Metrics& metrics) { metrics_ = &metrics; }
    /// What is no outcome of a recipient, where something counts.
    void count(std::string_view site, Counted what) const {
        if (metrics_ != nullptr) metrics_->count(site, what);
    }

    /// Recipient `number` (from 0) has got that far. In memory, until conclude() or save().
    void note(queue::Message& message, std::size_t number, queue::Event event, const smtp::Reply& reply) const;
    /// `positive` for a reply that is; else deferred or failed, and failed when the lifetime is over.
    void note_reply(queue::Message& message, std::size_t number, const smtp::Reply& reply, queue::Event positive) const;
    /// That host, which has just got the message for this recipient, was asked for the reports that the sender wants (RFC
    /// 3461 section 5.2.1): success is not ours to tell any more. Without this it is told as relayed (section 5.2.2).
    void leave_reports(queue::Message& message, std::size_t number, std::string_view host) const;

    /// What was noted is in the journal when this returns. False: it is not, which is logged. A crash would repeat it.
    bool save(queue::Message& message);

    /// The try is over. Done: the file goes, after the sender has been told what he wants to know. Else: the journal is
    /// saved and the message put back with its time. In this order, so that a crash repeats at worst what was not
    /// confirmed. Errors are logged; the message then stays in the queue. False: it stays claimed, as it must not be
    /// tried again before the journal says what somebody has got; this is to be called again later.
    bool conclude(queue::Message& message);

    /// A message that could not be opened: to hold/ when it never will, else back into cur/.
    void put_aside(const std::string& file_name, const Error& error);
    /// Back into cur/, due at once, with nothing that has to be written down.
    void put_back(const queue::FileName& name);

    /// Tells whom it concerns what has become of these recipients, and notes that; nobody where is_hopeless(). Outcomes are in
    /// the journal before a report is. Errors: transient.
    Result<void> notify(queue::Message& message);

    /// What could not be done here and now: it is logged.
    void trouble(const Error& error, std::string_view id = {});
    /// The first of these since this was last asked.
    std::optional<Error> take_trouble() { return std::exchange(trouble_, {}); }

private:
    std::int64_t next_try(const queue::Message& message) const;
    void wait_until(const queue::FileName& name, std::int64_t due);
    std::int64_t now() const { return unix_seconds(clock_.now()); }

    const queue::Spool& spool_;
    const queue::Claims& claims_;
    NoticeRules rules_;
    const Clock& clock_;
    Metrics* metrics_ = nullptr;
    std::optional<Error> trouble_{};
};

}  // namespace mailpipe::mta
