// SPDX-License-Identifier: ISC
// Which of a message's recipients are to be handed to whom: loops refused, aliases expanded, doubles left out.
#pragma once

#include <string>
#include <vector>

#include "mail/mailbox.hpp"
#include "mail/trace.hpp"
#include "mta/directory.hpp"
#include "mta/outcome/outcomes.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

struct DeliveryPlan {
    std::vector<std::size_t> local;   ///< numbers of recipients, from 0; no two of the same mailbox
    std::vector<std::size_t> remote;
    /// Recipients of the same mailbox as one in `local` (or as one that has its copy): {double, first}.
    std::vector<std::pair<std::size_t, std::size_t>> doubles;
};

/// Outcomes of those that can't be delivered are noted. Nothing is saved: after a crash aliases are expanded anew. Nobody
/// is unknown before the directory has been looked at once more; where that fails, he has to wait.
DeliveryPlan plan_delivery(queue::Message& message, Directory& directory, const Outcomes& outcomes);

/// Where a message has been, by its own header: envelope fields don't count. Errors: transient.
Result<mail::Trace> read_trace(queue::Message& message);

}  // namespace mailpipe::mta
