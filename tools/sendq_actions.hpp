// SPDX-License-Identifier: ISC
// sendq's options for who looks after the queue, and what they do. Manual: sendq(8), Actions.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command.hpp"
#include "mta/operator/request.hpp"
#include "queue/schedule.hpp"
#include "site.hpp"

namespace mailpipe::tools {

struct QueueActions {
    bool list = false, by_site = false, show = false, why = false, plan = false, json = false, all = false;
    std::array<bool, 5> changes{};  ///< in the order of mta::Change
    std::optional<std::string> sender{}, recipient{}, site{};
    std::vector<std::string> ids{};

    bool is_change() const;
    /// Whether anything is asked of the queue; else it is to be run.
    bool any() const { return list || show || why || plan || is_change(); }
};

void declare_queue_actions(cli::Command& command, QueueActions& actions);

/// Errors: permanent, 64: options that do not go together, or too few. `watch`: the queue is to be watched.
Result<void> check(const QueueActions& actions, bool watch);

/// The messages that an action is for. Errors: permanent, 64: what is no address, or no site.
Result<mta::Request> request_of(const QueueActions& actions);

/// All but `plan`, as the owner of the spool. `schedule` says what a report tells of the next tries.
Result<void> run(const QueueActions& actions, const Site& site, const queue::Schedule& schedule);

}  // namespace mailpipe::tools
