// SPDX-License-Identifier: ISC
#include "cli/command.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/log.hpp"
#include "cli/configuration.hpp"

namespace mailpipe::cli {

namespace {

constexpr const char* default_configuration = "/etc/mailpipe/mailpipe.conf";

/// Under inetd descriptor 2 is the peer, whom our configuration does not concern: then into the log.
int complain(const std::string& tool, const std::string& what, ExitStatus status) {
    if (automatic_log_target() == LogTarget::syslog) {
        open_log(tool, LogTarget::syslog);
        LogLine("error").add("what", what).write();
        return static_cast<int>(status);
    }
    std::fprintf(stderr, "%s: %s\n", tool.c_str(), what.c_str());
    return static_cast<int>(status);
}

std::chrono::seconds parse_duration(const std::string& text) {
    constexpr std::pair<char, std::int64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    std::string_view digits = text;
    std::int64_t unit = 1;
    for (const auto& [letter, seconds] : units) {
        if (digits.empty() || digits.back() != letter) continue;
        unit = seconds;
        digits.remove_suffix(1);
        break;
    }
    const auto number = parse_number(digits, "duration");
    if (!number || *number > 10'000'000) throw CLI::ValidationError(fmt::format("'{}' is no time like 90s, 5m, 4h or 5d", text));
    return std::chrono::seconds{static_cast<std::int64_t>(*number) * unit};
}

std::string duration_text(std::chrono::seconds value) {
    const auto n = value.count();
    if (n > 0 && n % 86400 == 0) return fmt::format("{}d", n / 86400);
    if (n > 0 && n % 3600 == 0) return fmt::format("{}h", n / 3600);
    if (n > 0 && n % 60 == 0) return fmt::format("{}m", n / 60);
    return fmt::format("{}s", n);
}

}  // namespace

struct Command::Impl {
    CLI::App app;
    std::shared_ptr<Configuration> configuration;

    Impl(const std::string& name, const std::string& description)
        : app(description, name), configuration(std::make_shared<Configuration>(app, name)) {
        const char* named = std::getenv("MAILPIPE_CONFIG");
        app.config_formatter(configuration);
        app.set_config("--config", named != nullptr ? named : default_configuration, "configuration: mailpipe.conf(5)",
                       /*config_required=*/named != nullptr)
            ->type_name("FILE");
        app.set_version_flag("--version", name + " (mailpipe) " MAILPIPE_VERSION);
        app.set_help_flag("-h,--help", "print this help");
    }
};

Command::Command(std::string name, std::string description) : impl_(std::make_unique<Impl>(name, description)) {}
Command::~Command() = default;

void Command::flag(const std::string& flags, bool& value, const std::string& help) {
    impl_->app.add_flag(flags, value, help);
}

void Command::option(const std::string& flags, std::string& value, const std::string& metavar, const std::string& help) {
    auto* option = impl_->app.add_option(flags, value, help)->type_name(metavar)->take_last();
    if (!value.empty()) option->default_str(value);
}

void Command::option(const std::string& flags, std::vector<std::string>& values, const std::string& metavar,
                     const std::string& help) {
    auto* option = impl_->app.add_option(flags, values, help);
    option->type_name(metavar)->delimiter(',')->allow_extra_args(false);
    if (!values.empty()) option->default_str(CLI::detail::join(values, ","));
}

void Command::option(const std::string& flags, std::uint64_t& value, const std::string& metavar, const std::string& help) {
    const auto set = [&value](const std::string& text) {
        const auto number = parse_number(text, "number");
        if (!number) throw CLI::ValidationError(number.error().what);
        value = *number;
    };
    impl_->app.add_option_function<std::string>(flags, set, help)
        ->type_name(metavar)
        ->take_last()
        ->default_str(std::to_string(value));
}

void Command::option(const std::string& flags, std::chrono::seconds& value, const std::string& metavar,
                     const std::string& help) {
    impl_->app
        .add_option_function<std::string>(flags, [&value](const std::string& text) { value = parse_duration(text); }, help)
        ->type_name(metavar)
        ->take_last()
        ->default_str(duration_text(value));
}

void Command::choice(const std::string& flags, std::size_t& value, const std::vector<std::string>& words,
                     const std::string& help) {
    const auto set = [&value, words](const std::string& text) {
        const auto word = std::ranges::find(words, text);
        if (word == words.end()) throw CLI::ValidationError(fmt::format("'{}' is none of {}", text, CLI::detail::join(words, ", ")));
        value = static_cast<std::size_t>(word - words.begin());
    };
    impl_->app.add_option_function<std::string>(flags, set, help)
        ->type_name(CLI::detail::join(words, "|"))
        ->take_last()
        ->default_str(words[value]);
}

void Command::argument(const std::string& name, std::string& value, const std::string& help) {
    impl_->app.add_option(name, value, help)->required();
}

void Command::arguments(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    impl_->app.add_option(name, values, help);
}

int Command::run(int argc, char** argv, const std::function<Result<void>()>& body) {
    auto& app = impl_->app;
    const std::string tool = app.get_name();
    try {
        app.parse(argc, argv);
        const auto done = body();
        if (!done) return complain(tool, done.error().what, exit_status(done.error()));
        if (std::fflush(stdout) != 0) return complain(tool, "standard output could not be written", ExitStatus::try_again);
        return 0;
    } catch (const CLI::Success& success) {  // --help, --version
        app.exit(success);
        return 0;
    } catch (const CLI::ParseError& error) {
        const std::string what = error.what();
        const bool configuration = dynamic_cast<const CLI::FileError*>(&error) != nullptr ||
                                   dynamic_cast<const CLI::ConfigError*>(&error) != nullptr ||
                                   impl_->configuration->is_to_blame(what);
        if (!configuration) return complain(tool, what + " (--help lists the options)", ExitStatus::usage);
        const auto file = app.get_config_ptr()->as<std::string>();
        return complain(tool, fmt::format("{}: {}", file, what), ExitStatus::configuration);
    } catch (const std::exception& error) {
        return complain(tool, fmt::format("unexpected: {}", error.what()), ExitStatus::software);
    }
}

}  // namespace mailpipe::cli
