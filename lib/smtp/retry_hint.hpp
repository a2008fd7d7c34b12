// SPDX-License-Identifier: ISC
// When a host that refuses for now wants to be asked again: what greylisting servers say in their replies' text, for which
// no RFC has a form.
#pragma once

#include <chrono>
#include <optional>

#include "smtp/reply.hpp"

namespace mailpipe::smtp {

/// A hint that is shorter or longer counts as one of these.
constexpr std::chrono::seconds min_retry_hint{10};
constexpr std::chrono::seconds max_retry_hint{24 * 3600};

/// The time span behind words like "greylisted", "try again", "retry", "come back" or "wait", with nothing but "in", "after",
/// "for" and their like between: "4 minutes 59 seconds", "60s", "00:04:59". Nothing for a reply that is not 4yz, and
/// for spans that tell something else ("100 messages in 60 seconds").
std::optional<std::chrono::seconds> retry_hint(const Reply& reply);

}  // namespace mailpipe::smtp
