// SPDX-License-Identifier: ISC
// The words, and the members of JSON objects, that sendq's lists share. The JSON is described in sendq(8).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "queue/listing.hpp"
#include "queue/message.hpp"
#include "text/json.hpp"

namespace mailpipe::mta {

constexpr int queue_json_version = 1;

/// "90s", "15m", "4h", "5d".
std::string duration_text(std::int64_t seconds);
/// RFC 3339, UTC.
std::string time_text(std::int64_t unix_seconds);
/// "due" or "in 15m".
std::string wait_text(std::int64_t due, std::int64_t now);
/// The state, or, for what waits, wait_text().
std::string next_text(queue::State state, const queue::Message& message, std::int64_t now);
/// With its angle brackets.
std::string sender_text(const queue::Message& message);
/// The last outcome's name, or "pending".
std::string_view state_text(const queue::RecipientState& state);
/// Where he is sent to: his site of the last try, else his domain in lower case; "-" where he has none.
std::string site_of(const queue::RecipientState& state);

/// All but "recipients".
text::JsonObject message_json(queue::State state, const queue::Message& message);
/// One of "recipients".
text::JsonObject recipient_json(const queue::Message& message, const queue::RecipientState& state);

}  // namespace mailpipe::mta
