// SPDX-License-Identifier: ISC
#include "queue/listing.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>

#include <fmt/format.h>

#include "base/files.hpp"

namespace mailpipe::queue {

namespace {

constexpr std::string_view state_names[] = {"new", "waiting", "active", "held"};

std::string_view id_of(const Listed& message) { return message.name.id; }

/// `prefix` is that of the names in `listed`.
Result<void> list_directory(const Fd& directory, State state, const Fd& base, const std::string& prefix,
                            std::vector<Listed>& listed) {
    return scan_directory(directory, [&](const DirectoryEntry& entry) {
        auto name = parse_file_name(entry.name);
        if (name) listed.push_back({state, std::move(*name), &base, prefix + std::string{entry.name}});
        return true;
    });
}

Error refused(const Listed& message, std::string_view why) {
    return {Fault::permanent, fmt::format("{}: {}", message.name.id, why), ExitStatus::unavailable};
}

/// A rename or unlink that finds nothing: a sendq was faster.
Result<void> unless_taken(Result<void> done, const Listed& message) {
    if (done || done.error().number != ENOENT) return done;
    return failure(has_gone(message));
}

Result<void> move(const Listed& message, const Fd& to, std::optional<std::int64_t> due) {
    auto name = message.name;
    if (due) name.due = due;
    return unless_taken(rename_at(*message.directory, message.file_name, to, to_string(name)), message);
}

}  // namespace

Error being_delivered(const Listed& message) {
    return {Fault::transient, fmt::format("{}: is being delivered", message.name.id), ExitStatus::try_again};
}

Error has_gone(const Listed& message) {
    return {Fault::transient, fmt::format("{}: has just gone: somebody delivers it, or it is done", message.name.id),
            ExitStatus::try_again, ENOENT};
}

std::string_view to_string(State state) { return state_names[static_cast<std::size_t>(state)]; }

Result<std::vector<Listed>> list(const Spool& spool) {
    std::vector<Listed> listed;
    const std::pair<const Fd*, State> directories[] = {
        {&spool.new_messages(), State::fresh}, {&spool.waiting(), State::waiting}, {&spool.held(), State::held}};
    for (const auto& [directory, state] : directories) {
        if (auto r = list_directory(*directory, state, *directory, {}, listed); !r) return failure(r.error());
    }
    const auto& work = spool.claims();
    auto scanned = scan_directory(work, [&](const DirectoryEntry& entry) {
        const std::string claimer{entry.name};
        const auto directory = open_directory_at(work, claimer);  // it may go meanwhile
        if (directory) static_cast<void>(list_directory(*directory, State::active, work, claimer + "/", listed));
        return true;
    });
    if (!scanned) return failure(scanned.error());
    // One that was seen twice counts where it was seen last.
    std::ranges::reverse(listed);
    std::ranges::stable_sort(listed, {}, id_of);
    const auto [end, last] = std::ranges::unique(listed, {}, id_of);
    listed.erase(end, last);
    return listed;
}

Result<Listed> find(const std::vector<Listed>& listed, std::string_view id) {
    const auto first = std::ranges::lower_bound(listed, id, {}, id_of);
    const auto refuse = [&](std::string_view why) {
        return failure({Fault::permanent, fmt::format("{}: {}", id, why), ExitStatus::no_user});
    };
    if (first == listed.end() || !id_of(*first).starts_with(id)) return refuse("no such message");
    const auto next = std::next(first);
    const bool is_only = id_of(*first) == id || next == listed.end() || !id_of(*next).starts_with(id);
    return is_only ? Result<Listed>{*first} : refuse("more than one message's id begins so");
}

Result<void> hold(const Spool& spool, const Listed& message) {
    switch (message.state) {
        case State::fresh:
        case State::waiting: return move(message, spool.held(), {});
        case State::held: return {};
        case State::active: break;
    }
    return failure(being_delivered(message));
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
    return failure(being_delivered(message));
}

Result<void> remove(const Spool&, const Listed& message) {
    if (message.state == State::active) return failure(being_delivered(message));
    return unless_taken(unlink_at(*message.directory, message.file_name), message);
}

}  // namespace mailpipe::queue
