// SPDX-License-Identifier: ISC
// An operator gives messages up: their senders get a report now, as RFC 3464 wants it. sendq --bounce.
#pragma once

#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "mta/outcome/outcomes.hpp"
#include "mta/operator/selection.hpp"
#include "queue/claims.hpp"
#include "queue/listing.hpp"
#include "queue/spool.hpp"

namespace mailpipe::mta {

class QueueBounce {
public:
    /// With a claim directory of its own, which goes with the object: who is bounced is not delivered at the same time. `spool`
    /// and `clock` are borrowed. Errors: transient.
    static Result<QueueBounce> open(const queue::Spool& spool, NoticeRules rules, const Clock& clock);

    /// Fails (5.4.7) the recipients who still wait and are meant. When nobody is left the message goes; else it stays where it is
    /// with its time, but from new/ it goes to cur/. Errors: transient, for one that is being delivered, and where the report or the
    /// journal can't be written: what is not reported stays in the queue. Permanent, 69: nobody is left, or nobody can be told.
    Result<void> give_up(const queue::Listed& listed, const Selection& selection);

private:
    QueueBounce(const queue::Spool& spool, queue::Claims claims, NoticeRules rules, const Clock& clock)
        : spool_(spool), claims_(std::move(claims)), rules_(std::move(rules)), clock_(clock) {}
    Result<void> settle(queue::Message& message, const Selection& selection, Outcomes& outcomes);
    Result<void> put_back(const queue::Listed& listed) const;

    const queue::Spool& spool_;
    queue::Claims claims_;
    NoticeRules rules_;
    const Clock& clock_;
};

}  // namespace mailpipe::mta
