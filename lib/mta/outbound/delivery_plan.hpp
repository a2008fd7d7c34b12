// SPDX-License-Identifier: ISC
// Which of a message's recipients are to be handed to whom: loops refused, aliases expanded, doubles left out.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "mail/mailbox.hpp"
#include "mail/trace.hpp"
#include "mta/directory.hpp"
#include "queue/message.hpp"
#include "smtp/reply.hpp"

namespace mailpipe::mta {

struct DeliveryPlan {
    std::vector<std::size_t> local;   ///< numbers of recipients, from 0; no two of the same mailbox
    std::vector<std::size_t> remote;
    /// Recipients of the same mailbox as one in `local` (or as one that has its copy): {double, first}.
    std::vector<std::pair<std::size_t, std::size_t>> doubles;
};

/// Has to call message.note() for recipient `number` (from 0). A positive reply is that of an alias: expanded, and its text is who
/// has come in its place.
using NoteReply = std::function<void(std::size_t number, const smtp::Reply& reply)>;

/// Outcomes of those that can't be delivered are noted. Nothing is saved: after a crash aliases are expanded anew. Nobody
/// is unknown before the directory has been looked at once more; where that fails, he has to wait.
DeliveryPlan plan_delivery(queue::Message& message, Directory& directory, const NoteReply& note);

/// Where a message has been, by its own header: envelope fields don't count. Errors: transient.
Result<mail::Trace> read_trace(queue::Message& message);

}  // namespace mailpipe::mta
