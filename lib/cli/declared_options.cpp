// SPDX-License-Identifier: ISC
#include "cli/declared_options.hpp"

#include <algorithm>
#include <utility>

namespace mailpipe::cli {

namespace {

std::string_view long_name(std::string_view flags) { return flags.substr(flags.rfind(',') + 1); }

/// "-v,--verbose" is meant by "--verbose", "--verbose=x", "-v", "-vx" and "-xv".
bool may_mean(std::string_view argument, std::string_view flags) {
    if (argument.starts_with("--")) return argument.substr(0, argument.find('=')) == long_name(flags);
    return argument.starts_with('-') && !flags.starts_with("--") && argument.find(flags[1]) != argument.npos;
}

bool asks_for_help(std::string_view argument) { return may_mean(argument, "-h,--help"); }

}  // namespace

void DeclaredOptions::add(Declared& declared) {
    if (const auto add = std::exchange(declared.add, {})) add(app_);
}

void DeclaredOptions::add_named(int argc, char** argv) {
    const auto end = std::find(argv, argv + argc, std::string_view{"--"});
    const bool is_help = std::any_of(argv + 1, end, asks_for_help);
    for (auto& declared : all_) {
        const auto is_meant = [&](std::string_view argument) { return may_mean(argument, declared.flags); };
        if (is_help || std::any_of(argv + 1, end, is_meant)) add(declared);
    }
}

CLI::Option* DeclaredOptions::find(const std::string& name) {
    for (auto& declared : all_) {
        if (long_name(declared.flags) == "--" + name) add(declared);
    }
    return app_.get_option_no_throw("--" + name);
}

}  // namespace mailpipe::cli
