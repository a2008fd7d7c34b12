// SPDX-License-Identifier: ISC
#include "cli/named_option.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace mailpipe::cli {

bool is_named(std::string_view option, int argc, char** argv) {
    for (const std::string_view argument : std::span{argv, static_cast<std::size_t>(argc)}.subspan(std::min(argc, 1))) {
        if (argument == "--") return false;
        if (argument.substr(0, argument.find('=')) == option) return true;
    }
    return false;
}

}  // namespace mailpipe::cli
