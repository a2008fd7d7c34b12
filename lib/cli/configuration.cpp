// SPDX-License-Identifier: ISC
#include "cli/configuration.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.hpp"
#include "cli/config_file.hpp"
#include "cli/known_keys.hpp"

namespace mailpipe::cli {

namespace {

constexpr std::size_t max_octets = 1024 * 1024;

tl::unexpected<Error> wrong(const Setting& setting, std::string_view what) {
    return failure({Fault::permanent, fmt::format("line {}: {}", setting.line, what), ExitStatus::configuration});
}

CLI::Option* option_of(DeclaredOptions& options, const std::string& key) {
    if (key == "config" || key == "help" || key == "version") return nullptr;
    return options.find(key);
}

/// Whether the setting is for this tool; an error when it can be for none.
Result<bool> concerns(DeclaredOptions& options, const std::string& tool, const Setting& setting) {
    const bool declared = option_of(options, setting.key) != nullptr;
    if (setting.section.empty()) {
        if (!is_site_key(setting.key)) {
            return wrong(setting, fmt::format("unknown key '{}' (a tool's own keys stand under [tool])", setting.key));
        }
        return declared;
    }
    if (!is_tool(setting.section)) return wrong(setting, fmt::format("unknown section [{}]", setting.section));
    if (setting.section != tool) return false;
    if (!declared) return wrong(setting, fmt::format("unknown key '{}' in section [{}]", setting.key, setting.section));
    return true;
}

/// "true" is the flag alone, "false" is none.
Result<void> give_flag_with_value(CLI::Option& option, const Setting& setting) {
    if (setting.values.size() != 1) return wrong(setting, fmt::format("{} has one value", setting.key));
    const auto& value = setting.values.front();
    if (value == "false") return {};
    option.add_result(value == "true" ? "" : value);
    option.run_callback();
    return {};
}

Result<void> give(CLI::Option& option, const Setting& setting) {
    const bool is_flag = option.get_expected_min() == 0;
    if (is_flag && !option.get_type_name().empty()) return give_flag_with_value(option, setting);
    if (is_flag && setting.values != std::vector<std::string>{"true"} && setting.values != std::vector<std::string>{"false"}) {
        return wrong(setting, fmt::format("{} is true or false", setting.key));
    }
    if (setting.values.empty()) return wrong(setting, fmt::format("{} has no value", setting.key));
    if (setting.values.size() > 1 && option.get_expected_max() <= 1) {
        return wrong(setting, fmt::format("{} has one value", setting.key));
    }
    try {
        option.add_result(setting.values);
        option.run_callback();
        return {};
    } catch (const CLI::ParseError& error) {
        return wrong(setting, error.what());
    }
}

Result<void> apply(DeclaredOptions& options, const std::string& tool, const std::vector<Setting>& settings) {
    std::vector<const Setting*> ours;
    for (const auto& setting : settings) {
        const auto wanted = concerns(options, tool, setting);
        if (!wanted) return failure(wanted.error());
        if (*wanted && option_of(options, setting.key)->count() == 0) ours.push_back(&setting);
    }
    // The tool's section first: what has a value by then is passed over.
    std::ranges::stable_partition(ours, [](const Setting* setting) { return !setting->section.empty(); });
    for (const auto* setting : ours) {
        auto& option = *option_of(options, setting->key);
        if (option.count() != 0) continue;
        if (auto r = give(option, *setting); !r) return r;
    }
    return {};
}

}  // namespace

Result<void> apply_configuration(DeclaredOptions& options, const std::string& tool, const std::string& path) {
    auto text = read_file(path, max_octets);
    if (!text) {
        if (text.error().fault == Fault::permanent) text.error().status = ExitStatus::configuration;
        return failure(text.error());
    }
    auto done = parse_config(*text).and_then([&](const auto& settings) { return apply(options, tool, settings); });
    if (!done) done.error().what.insert(0, path + ": ");
    return done;
}

}  // namespace mailpipe::cli
