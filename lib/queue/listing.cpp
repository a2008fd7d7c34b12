// SPDX-License-Identifier: ISC
#include "queue/listing.hpp"

#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "base/files.hpp"

namespace mailpipe::queue {

namespace {

constexpr std::string_view state_names[] = {"new", "waiting", "active", "held"};

Result<void> list_directory(const Fd& directory, State state, const std::function<void(const Listed&)>& visit) {
    return scan_directory(directory, [&](const DirectoryEntry& entry) {
        if (auto name = parse_file_name(entry.name)) {
            visit({state, std::move(*name), std::string{entry.name}, &directory});
        }
        return true;
    });
}

Error refused(const Listed& message, std::string_view why) {
    return {Fault::permanent, fmt::format("{}: {}", message.name.id, why), ExitStatus::unavailable};
}

/// A rename or unlink that finds nothing: a sendq was faster.
Result<void> unless_taken(Result<void> done, const Listed& message) {
    if (done || done.error().number != ENOENT) return done;
    return failure(refused(message, "is being delivered"));
}

Result<void> move(const Listed& message, const Fd& to, std::optional<std::int64_t> due) {
    auto name = message.name;
    if (due) name.due = due;
    return unless_taken(rename_at(*message.directory, message.file_name, to, to_string(name)), message);
}

}  // namespace

std::string_view to_string(State state) { return state_names[static_cast<std::size_t>(state)]; }

Result<void> list(const Spool& spool, const std::function<void(const Listed&)>& visit) {
    const std::pair<const Fd*, State> directories[] = {
        {&spool.new_messages(), State::fresh}, {&spool.waiting(), State::waiting}, {&spool.held(), State::held}};
    for (const auto& [directory, state] : directories) {
        if (auto listed = list_directory(*directory, state, visit); !listed) return listed;
    }
    return scan_directory(spool.claims(), [&](const DirectoryEntry& entry) {
        const auto directory = open_directory_at(spool.claims(), std::string{entry.name});
        if (directory) static_cast<void>(list_directory(*directory, State::active, visit));  // it may go meanwhile
        return true;
    });
}

Result<Listed> find(const Spool& spool, std::string_view id) {
    std::optional<Listed> found;
    bool exact = false;
    bool ambiguous = false;
    auto listed = list(spool, [&](const Listed& message) {
        if (!message.name.id.starts_with(id) || exact) return;
        exact = message.name.id == id;
        ambiguous = !exact && found && found->name.id != message.name.id;
        found = message;
        if (message.state == State::active) found->directory = nullptr;
    });
    if (!listed) return failure(listed.error());
    if (!found) return failure({Fault::permanent, fmt::format("{}: no such message", id), ExitStatus::no_user});
    if (ambiguous) return failure({Fault::permanent, fmt::format("{}: more than one message", id), ExitStatus::no_user});
    return std::move(*found);
}

Result<void> hold(const Spool& spool, const Listed& message) {
    switch (message.state) {
        case State::fresh:
        case State::waiting: return move(message, spool.held(), {});
        case State::held: return {};
        case State::active: break;
    }
    return failure(refused(message, "is being delivered"));
}

Result<void> release(const Spool& spool, const Listed& message, std::int64_t now) {
    if (message.state != State::held) return failure(refused(message, "is not held"));
    return move(message, spool.waiting(), now);
}

Result<void> retry(const Spool& spool, const Listed& message, std::int64_t now) {
    switch (message.state) {
        case State::fresh: return {};
        case State::waiting: return move(message, spool.waiting(), now);
        case State::held: return failure(refused(message, "is held; release it"));
        case State::active: break;
    }
    return failure(refused(message, "is being delivered"));
}

Result<void> remove(const Spool&, const Listed& message) {
    if (message.state == State::active) return failure(refused(message, "is being delivered"));
    return unless_taken(unlink_at(*message.directory, message.file_name), message);
}

}  // namespace mailpipe::queue
