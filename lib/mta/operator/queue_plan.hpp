// SPDX-License-Identifier: ISC
// sendq --plan behind its command line: what a try needs to know, without what it needs to do something.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/operator/queue_admin.hpp"
#include "mta/outbound/queue_rules.hpp"

namespace mailpipe::mta {

/// On stdout, as plan_text() and plan_json(), of the messages whose ids begin so. Root becomes the owner of the spool. Errors:
/// 78; of messages as of change().
Result<void> print_plans(const QueueRules& rules, const std::vector<std::string>& ids, Format format);

}  // namespace mailpipe::mta
