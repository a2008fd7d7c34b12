// SPDX-License-Identifier: ISC
// Messages of the queue for people and for programs: sendq --list and --show. The JSON is described in sendq(8).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "queue/listing.hpp"
#include "queue/message.hpp"

namespace mailpipe::mta {

constexpr std::size_t max_shown_header_octets = 256 * 1024;

/// One line: id, age, size, sender, who is left, when it's tried next, why it has not been delivered yet.
std::string list_line(queue::State state, const queue::Message& message, std::int64_t now);
/// One object on one line.
std::string list_json(queue::State state, const queue::Message& message);

/// Envelope, outcomes, and the message's header. Errors: transient.
Result<std::string> show_text(queue::State state, queue::Message& message, std::int64_t now);
/// list_json() with "header".
Result<std::string> show_json(queue::State state, queue::Message& message);

}  // namespace mailpipe::mta
