// SPDX-License-Identifier: ISC
// One thing done with many messages, by several threads if wanted; what they say comes in the messages' order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.hpp"
#include "mime/sink.hpp"
#include "view/console.hpp"
#include "view/sources.hpp"

namespace mailpipe::view {

/// Where an action's words go.
struct Outputs {
    mime::Sink data;  ///< in the messages' order
    mime::Sink talk;  ///< a line without its end for each call, to standard error
};

/// What is done with a message. False: done, but there is something that the exit status should tell. Called by several
/// threads at once.
using Action = std::function<Result<bool>(const Message& message, const Outputs& out)>;

struct Summary {
    std::uint64_t messages = 0;       ///< and sources that could not be opened
    std::uint64_t failures = 0;
    std::optional<Error> error{};     ///< of the failures: a transient one before others, else the first
    bool is_told = false;             ///< the error, at least, where a message was not alone
    bool is_clean = true;             ///< no action returned false
};

constexpr unsigned max_threads = 64;

/// A failure stops nothing. It is told at once, unless the message is alone: then its Error is all that there is to say.
/// Ends early only when the console is broken.
Summary look_at_all(Sources& sources, const Action& action, unsigned threads, Console& console);

}  // namespace mailpipe::view
