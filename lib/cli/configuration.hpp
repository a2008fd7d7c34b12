// SPDX-License-Identifier: ISC
// mailpipe.conf(5) as CLI11 reads it: one file for every tool. Only lib/cli/ includes this.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace mailpipe::cli {

/// Keeps the keys that one tool declares and refuses those that nobody knows.
/// At the top: site keys. Under [tool]: any of that tool's long options, which win over the top.
class Configuration final : public CLI::ConfigTOML {
public:
    Configuration(const CLI::App& app, std::string tool) : app_(app), tool_(std::move(tool)) {}

    std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

    /// True when `message` speaks of an option whose value came out of the file.
    bool is_to_blame(const std::string& message) const;

private:
    bool declares(const std::string& key) const;

    const CLI::App& app_;
    std::string tool_;
    mutable std::set<std::string> applied_;  // mutable: CLI11 calls from_config() on a const object
};

}  // namespace mailpipe::cli
