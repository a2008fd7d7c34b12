// SPDX-License-Identifier: ISC
#include "cli/named_option.hpp"

#include <algorithm>

namespace mailpipe::cli {

bool is_named(std::string_view option, int argc, char** argv) {
    char** const begin = argv + std::min(argc, 1);
    char** const end = std::find(begin, argv + argc, std::string_view{"--"});
    return std::any_of(begin, end, [&](std::string_view argument) { return argument.substr(0, argument.find('=')) == option; });
}

}  // namespace mailpipe::cli
