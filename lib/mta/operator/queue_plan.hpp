// SPDX-License-Identifier: ISC
// sendq --plan behind its command line: what a try needs to know, without what it needs to do something.
#pragma once

#include "base/result.hpp"
#include "mta/operator/request.hpp"
#include "mta/outbound/queue_rules.hpp"

namespace mailpipe::mta {

/// On stdout, as plan_text() and plan_json(), of the messages of the request, whatever their states. Root becomes the owner of the
/// spool. Errors: 78; of messages as of for_each_requested().
Result<void> print_plans(const QueueRules& rules, const Request& request);

}  // namespace mailpipe::mta
