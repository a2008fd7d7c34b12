// SPDX-License-Identifier: ISC
// A message's story: each try of each recipient, what was replied, what that means and what can be done. sendq --why.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

/// For people: a paragraph for each recipient, the lines of his journal in their order. Errors: transient.
Result<std::string> why_text(queue::State state, const queue::Message& message, std::int64_t now);
/// One object on one line: list_json() with "attempts", "cause" and "remedy" in each recipient. Errors: transient.
Result<std::string> why_json(queue::State state, const queue::Message& message);

}  // namespace mailpipe::mta
