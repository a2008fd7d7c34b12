// SPDX-License-Identifier: ISC
// sendq's options for who looks after the queue, and what they do. Manual: sendq(8), Actions.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "cli/command.hpp"
#include "mta/outcome/notices.hpp"
#include "site.hpp"

namespace mailpipe::tools {

struct QueueActions {
    bool list = false, by_site = false, show = false, why = false, plan = false, json = false, all = false;
    std::array<bool, 5> changes{};  ///< in the order of mta::Change
    std::optional<std::string> sender{}, recipient{}, site{};
    std::vector<std::string> ids{};

    bool is_change() const;
    /// Whether there is anything to do here; else the queue is to be run, or its plan to be told.
    bool any() const { return list || show || why || is_change(); }
};

void declare_queue_actions(cli::Command& command, QueueActions& actions);

/// Errors: permanent, 64: options that do not go together, or too few. `watch`: the queue is to be watched.
Result<void> check(const QueueActions& actions, bool watch);

/// As the owner of the spool. `schedule` says what a report tells of the next tries.
Result<void> run(const QueueActions& actions, const Site& site, const queue::Schedule& schedule);

}  // namespace mailpipe::tools
