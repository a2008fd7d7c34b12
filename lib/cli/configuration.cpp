// SPDX-License-Identifier: ISC
#include "cli/configuration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/known_keys.hpp"

namespace mailpipe::cli {

bool Configuration::declares(const std::string& key) const {
    return app_.get_option_no_throw("--" + key) != nullptr && key != "config" && key != "help" && key != "version";
}

std::vector<CLI::ConfigItem> Configuration::from_config(std::istream& input) const {
    std::vector<CLI::ConfigItem> kept;
    const auto keep = [&](CLI::ConfigItem& item) {
        item.parents.clear();
        std::erase_if(kept, [&](const auto& other) { return other.name == item.name; });
        applied_.insert(item.name);
        kept.push_back(std::move(item));
    };
    for (auto& item : CLI::ConfigTOML::from_config(input)) {
        if (item.name == "++" || item.name == "--") continue;  // CLI11's marks of a section's begin and end
        const auto& section = item.parents;
        if (section.empty()) {
            if (!is_site_key(item.name)) {
                throw CLI::ConfigError(fmt::format("unknown key '{}' (a tool's own keys stand under [tool])", item.name));
            }
            if (declares(item.name)) keep(item);
        } else if (section.size() > 1 || !is_tool(section[0])) {
            throw CLI::ConfigError(fmt::format("unknown section [{}]", CLI::detail::join(section, ".")));
        } else if (section[0] == tool_) {
            if (!declares(item.name)) {
                throw CLI::ConfigError(fmt::format("unknown key '{}' in section [{}]", item.name, tool_));
            }
            keep(item);
        }
    }
    return kept;
}

bool Configuration::is_to_blame(const std::string& message) const {
    return std::ranges::any_of(applied_, [&](const auto& key) { return message.find("--" + key) != std::string::npos; });
}

}  // namespace mailpipe::cli
