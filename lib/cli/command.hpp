// SPDX-License-Identifier: ISC
// One declaration gives the flag, the key of mailpipe.conf(5) and the help text. The one place that knows CLI11.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::cli {

/// The command line and configuration of one tool. Values are bound to the variables that are given; what neither the
/// command line nor the configuration names keeps its value, which help shows as the default.
/// The command line wins over the configuration; that is `--config FILE`, else $MAILPIPE_CONFIG, else
/// /etc/mailpipe/mailpipe.conf if there is one. An empty name is none, for the tools that this one starts, too.
class Command {
public:
    Command(std::string name, std::string description);
    ~Command();
    Command(Command&&) = delete;

    // `flags` as "-v,--verbose". A long name is a key too: in the section of the tool's name, or, when known_keys()
    // lists it, at the top.
    void flag(const std::string& flags, bool& value, const std::string& help);
    void option(const std::string& flags, std::string& value, const std::string& metavar, const std::string& help);
    /// Nothing: not given. An empty text is a value.
    void option(const std::string& flags, std::optional<std::string>& value, const std::string& metavar,
                const std::string& help);
    /// Parted by commas. An empty text gives none.
    void option(const std::string& flags, std::vector<std::string>& values, const std::string& metavar,
                const std::string& help);
    /// A value each time that it is given, whatever is in it.
    void repeated(const std::string& flags, std::vector<std::string>& values, const std::string& metavar,
                  const std::string& help);
    /// A flag that may have a value behind a '=': "--flag" gives an empty one, nothing is that it was not given.
    void flag(const std::string& flags, std::optional<std::string>& value, const std::string& metavar, const std::string& help);
    void option(const std::string& flags, std::uint64_t& value, const std::string& metavar, const std::string& help);
    /// 4294967295 at most.
    void option(const std::string& flags, unsigned& value, const std::string& metavar, const std::string& help);
    /// "90", "90s", "5m", "4h" or "5d"; 3650d at most.
    void option(const std::string& flags, std::chrono::seconds& value, const std::string& metavar,
                const std::string& help);
    /// The same for how long to wait for a peer: 0 is refused, since nothing could happen then.
    void timeout(const std::string& flags, std::chrono::seconds& value, const std::string& help);
    /// One word out of `words`; the value is its index.
    void choice(const std::string& flags, std::size_t& value, const std::vector<std::string>& words,
                const std::string& help);
    void argument(const std::string& name, std::string& value, const std::string& help);
    void arguments(const std::string& name, std::vector<std::string>& values, const std::string& help);

    /// Parses, runs `body`, prints what went wrong as "tool: what" and returns the exit status: 64 for a wrong command
    /// line, 78 for a wrong configuration, else as the error says. Foreign exceptions end here with 70.
    int run(int argc, char** argv, const std::function<Result<void>()>& body);

    /// What --config named, for tools that start other tools; empty without it. Precondition: within run().
    std::string configuration() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace mailpipe::cli
