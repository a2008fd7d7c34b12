// SPDX-License-Identifier: ISC
#include "cli/command.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <limits>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "base/number.hpp"
#include "base/utf8.hpp"
#include "cli/configuration.hpp"
#include "cli/declared_options.hpp"

namespace mailpipe::cli {

namespace {

constexpr const char* default_configuration = "/etc/mailpipe/mailpipe.conf";

/// The next file that is opened would take the place of one that is closed, and be read or written for it. Held by one that
/// can't be used in its direction, it goes on failing.
void hold_standard_descriptors() {
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) < 0) (void)::open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

/// Under inetd descriptor 2 is the peer, whom our configuration does not concern: then into the log.
int complain(const std::string& tool, const std::string& what, ExitStatus status) {
    if (automatic_log_target() == LogTarget::syslog) {
        open_log(tool, LogTarget::syslog);
        LogLine("error").add("what", what).write();
        return static_cast<int>(status);
    }
    std::fprintf(stderr, "%s: %s\n", tool.c_str(), line_for_terminal(what).c_str());
    return static_cast<int>(status);
}

/// What a value is complained of as: the long one of "-v,--verbose".
std::string long_name(const std::string& flags) { return flags.substr(flags.rfind(',') + 1); }

std::uint64_t parse_number_up_to(std::uint64_t most, const std::string& name, const std::string& text) {
    const auto number = parse_number(text, "number");
    if (!number) throw CLI::ValidationError(name, number.error().what);
    if (*number > most) throw CLI::ValidationError(name, fmt::format("{} is more than {}", text, most));
    return *number;
}

std::chrono::seconds parse_duration(const std::string& name, const std::string& text) {
    constexpr std::pair<char, std::uint64_t> units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    constexpr std::uint64_t longest = 3650 * 86400;
    std::string_view digits = text;
    std::uint64_t unit = 1;
    for (const auto& [letter, seconds] : units) {
        if (digits.empty() || digits.back() != letter) continue;
        unit = seconds;
        digits.remove_suffix(1);
        break;
    }
    const auto number = parse_number(digits, "duration");
    if (!number || *number > longest / unit) {
        throw CLI::ValidationError(name, fmt::format("'{}' is no time like 90s, 5m, 4h or 5d, up to 3650d", text));
    }
    return std::chrono::seconds{*number * unit};
}

std::string duration_text(std::chrono::seconds value) {
    const auto n = value.count();
    if (n > 0 && n % 86400 == 0) return fmt::format("{}d", n / 86400);
    if (n > 0 && n % 3600 == 0) return fmt::format("{}h", n / 3600);
    if (n > 0 && n % 60 == 0) return fmt::format("{}m", n / 60);
    return fmt::format("{}s", n);
}

/// As CLI11 wants them. It takes the argument behind "--name=" for the value: here that is an empty one.
std::vector<std::string> reversed_arguments(const CLI::App& app, int argc, char** argv) {
    std::vector<std::string> arguments;
    bool may_be_option = true;
    for (int i = 1; i < argc; ++i) {
        const std::string argument = argv[i];
        may_be_option = may_be_option && argument != "--";
        arguments.push_back(argument);
        if (!may_be_option || !argument.starts_with("--") || !argument.ends_with('=')) continue;
        const auto* option = app.get_option_no_throw(argument.substr(0, argument.size() - 1));
        if (option == nullptr || option->get_expected_min() == 0) continue;
        arguments.back().pop_back();
        arguments.emplace_back();
    }
    std::ranges::reverse(arguments);
    return arguments;
}

}  // namespace

struct Command::Impl {
    CLI::App app;
    DeclaredOptions options{app};
    std::string configuration;

    Impl(const std::string& name, const std::string& description) : app(description, name) {
        app.get_help_ptr()->description("print this help");
        options.declare("--version", [name](CLI::App& to) {
            to.set_version_flag("--version", name + " (mailpipe) " MAILPIPE_VERSION, "print the version");
        });
        options.declare("--config", [this](CLI::App& to) {
            to.add_option("--config", configuration, "configuration: mailpipe.conf(5)")
                ->type_name("FILE")
                ->take_last()
                ->default_str(fmt::format("$MAILPIPE_CONFIG, else {}", default_configuration));
        });
    }

    /// The file that --config names, else the one that the environment names ("" is none), else the default one if it is there.
    Result<void> configure() {
        const auto* option = app.get_option_no_throw("--config");
        if (option != nullptr && option->count() > 0) {
            if (configuration.empty()) ::setenv("MAILPIPE_CONFIG", "", 1);  // for those who can't be told "none"
            return apply_named(configuration);
        }
        if (const char* named = std::getenv("MAILPIPE_CONFIG")) return apply_named(named);
        auto done = apply_configuration(options, app.get_name(), default_configuration);
        const bool is_absent = !done && (done.error().number == ENOENT || done.error().number == ENOTDIR);
        return is_absent ? Result<void>{} : done;
    }

    Result<void> apply_named(const std::string& file) {
        return file.empty() ? Result<void>{} : apply_configuration(options, app.get_name(), file);
    }

    void declare_text(const std::string& flags, std::function<void(const std::string&)> set, const std::string& metavar,
                      const std::string& help, const std::string& shown = "") {
        options.declare(flags, [=](CLI::App& to) {
            auto* option = to.add_option_function<std::string>(flags, set, help)->type_name(metavar)->take_last();
            if (!shown.empty()) option->default_str(shown);
        });
    }
};

Command::Command(std::string name, std::string description) : impl_(std::make_unique<Impl>(name, description)) {}
Command::~Command() = default;

void Command::flag(const std::string& flags, bool& value, const std::string& help) {
    impl_->options.declare(flags, [=, &value](CLI::App& app) { app.add_flag(flags, value, help); });
}

void Command::repeated(const std::string& flags, std::vector<std::string>& values, const std::string& metavar,
                       const std::string& help) {
    impl_->options.declare(flags, [=, &values](CLI::App& app) {
        app.add_option(flags, values, help)->type_name(metavar)->allow_extra_args(false);
    });
}

void Command::flag(const std::string& flags, std::optional<std::string>& value, const std::string& metavar,
                   const std::string& help) {
    impl_->options.declare(flags, [=, &value](CLI::App& app) {
        const auto set = [&value](const CLI::results_t& given) {
            value = given.back();
            return true;
        };
        auto* option = app.add_option(flags, set, help)->type_name("[=" + metavar + "]")->take_last();
        option->expected(1)->expected(0, 0);  // takes no argument behind it, and has an empty text for none, not "true"
    });
}

void Command::option(const std::string& flags, std::string& value, const std::string& metavar, const std::string& help) {
    impl_->declare_text(flags, [&value](const std::string& text) { value = text; }, metavar, help, value);
}

void Command::option(const std::string& flags, std::optional<std::string>& value, const std::string& metavar,
                     const std::string& help) {
    impl_->declare_text(flags, [&value](const std::string& text) { value = text; }, metavar, help);
}

void Command::option(const std::string& flags, std::vector<std::string>& values, const std::string& metavar,
                     const std::string& help) {
    const auto set = [&values](std::vector<std::string> given) {
        std::erase(given, "");
        values = std::move(given);
    };
    impl_->options.declare(flags, [=, &values](CLI::App& app) {
        auto* option = app.add_option_function<std::vector<std::string>>(flags, set, help);
        option->type_name(metavar)->delimiter(',')->allow_extra_args(false);
        if (!values.empty()) option->default_str(CLI::detail::join(values, ","));
    });
}

void Command::option(const std::string& flags, std::uint64_t& value, const std::string& metavar, const std::string& help) {
    const auto set = [&value, name = long_name(flags)](const std::string& text) {
        value = parse_number_up_to(std::numeric_limits<std::uint64_t>::max(), name, text);
    };
    impl_->declare_text(flags, set, metavar, help, std::to_string(value));
}

void Command::option(const std::string& flags, unsigned& value, const std::string& metavar, const std::string& help) {
    const auto set = [&value, name = long_name(flags)](const std::string& text) {
        value = static_cast<unsigned>(parse_number_up_to(std::numeric_limits<unsigned>::max(), name, text));
    };
    impl_->declare_text(flags, set, metavar, help, std::to_string(value));
}

void Command::option(const std::string& flags, std::chrono::seconds& value, const std::string& metavar,
                     const std::string& help) {
    const auto set = [&value, name = long_name(flags)](const std::string& text) { value = parse_duration(name, text); };
    impl_->declare_text(flags, set, metavar, help, duration_text(value));
}

void Command::timeout(const std::string& flags, std::chrono::seconds& value, const std::string& help) {
    const auto set = [&value, name = long_name(flags)](const std::string& text) {
        value = parse_duration(name, text);
        if (value.count() == 0) throw CLI::ValidationError(name, fmt::format("'{}' is no time to wait: 1s at least", text));
    };
    impl_->declare_text(flags, set, "TIME", help, duration_text(value));
}

void Command::choice(const std::string& flags, std::size_t& value, const std::vector<std::string>& words,
                     const std::string& help) {
    const auto set = [&value, words, name = long_name(flags)](const std::string& text) {
        const auto word = std::ranges::find(words, text);
        if (word == words.end()) {
            throw CLI::ValidationError(name, fmt::format("'{}' is none of {}", text, CLI::detail::join(words, ", ")));
        }
        value = static_cast<std::size_t>(word - words.begin());
    };
    impl_->declare_text(flags, set, CLI::detail::join(words, "|"), help, words[value]);
}

void Command::argument(const std::string& name, std::string& value, const std::string& help) {
    impl_->app.add_option(name, value, help)->required();
}

void Command::arguments(const std::string& name, std::vector<std::string>& values, const std::string& help) {
    impl_->app.add_option(name, values, help);
}

std::string Command::configuration() const { return impl_->configuration; }

int Command::run(int argc, char** argv, const std::function<Result<void>()>& body) {
    auto& app = impl_->app;
    const std::string tool = app.get_name();
    hold_standard_descriptors();
    ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow (setrlimit(2)) is an error like a full disk, no end
    try {
        impl_->options.add_named(argc, argv);
        app.parse(reversed_arguments(app, argc, argv));
        auto done = impl_->configure();
        if (done) done = body();
        if (!done) return complain(tool, done.error().what, exit_status(done.error()));
        if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
            return complain(tool, "standard output could not be written", ExitStatus::try_again);
        }
        return 0;
    } catch (const CLI::Success& success) {  // --help, --version
        app.exit(success);
        return 0;
    } catch (const CLI::ParseError& error) {
        return complain(tool, fmt::format("{} (--help lists the options)", error.what()), ExitStatus::usage);
    } catch (const std::exception& error) {
        return complain(tool, fmt::format("unexpected: {}", error.what()), ExitStatus::software);
    }
}

}  // namespace mailpipe::cli
