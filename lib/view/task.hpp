// SPDX-License-Identifier: ISC
// What mimecat's options ask to be done with each message.
#pragma once

#include <optional>
#include <string>

#include "base/result.hpp"
#include "view/part_body.hpp"
#include "view/reading.hpp"
#include "view/workers.hpp"

namespace mailpipe::view {

/// As the command line says it; one thing at a time. Without any of them a message is shown as a person reads it.
struct Request {
    bool list = false;
    bool check = false;
    std::optional<std::string> part;     ///< its number
    std::optional<std::string> charset;  ///< with it
    std::optional<std::string> headers;  ///< names with commas between; empty: all
    std::optional<std::string> field;
    bool is_raw = false;                 ///< with one of these three
    std::optional<std::string> directory;  ///< to extract into
    std::optional<std::string> match;      ///< with it
    bool json = false;
    bool envelope = false;
    bool body_structure = false;
    bool to_7bit = false;
    bool to_8bit = false;
    Screen screen{};  ///< for the reading
};

/// One of its options was given.
bool asks_to_look(const Request& request);

struct Task {
    Action action;
    bool is_for_one = false;  ///< of several messages what it writes could not be told apart
    bool is_paged = false;    ///< for people who read on a terminal
    std::string finding{};    ///< what it means when the action has returned false
};

/// Errors: permanent, status usage, where options do not go together; as Extractor::open().
Result<Task> choose_task(const Request& request);

/// What the tool says at its end of all that was done.
Result<void> outcome(const Summary& summary, const Task& task);

}  // namespace mailpipe::view
