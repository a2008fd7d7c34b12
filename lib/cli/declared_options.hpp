// SPDX-License-Identifier: ISC
// A tool's options, each given to CLI11 when somebody asks for it: it compares every new one with all others, which took a
// third of a short tool's time. Only lib/cli/ includes this.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace mailpipe::cli {

class DeclaredOptions {
public:
    using Add = std::function<void(CLI::App& app)>;

    explicit DeclaredOptions(CLI::App& app) : app_(app) {}

    /// `flags` as "-v,--verbose"; `add` gives it to CLI11.
    void declare(std::string flags, Add add) { all_.push_back({std::move(flags), std::move(add)}); }

    /// Adds what these arguments may mean; all where they ask for help.
    void add_named(int argc, char** argv);
    /// Of a long name without its dashes; null where none has it.
    CLI::Option* find(const std::string& name);

private:
    struct Declared {
        std::string flags;
        Add add;  ///< empty: done
    };
    void add(Declared& declared);

    CLI::App& app_;
    std::vector<Declared> all_;
};

}  // namespace mailpipe::cli
