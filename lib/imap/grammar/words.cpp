// SPDX-License-Identifier: ISC
#include "imap/grammar/words.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace mailpipe::imap {

Result<void> parse_no_arguments(const Command& command) {
    const auto nothing = Arguments{command}.finish(true);
    if (!nothing) return failure(nothing.error());
    return {};
}

Result<std::vector<std::string>> parse_enable(const Command& command) {
    Arguments in{command};
    std::vector<std::string> capabilities;
    do {
        auto capability = in.atom();
        std::ranges::transform(capability, capability.begin(), to_upper);
        capabilities.push_back(std::move(capability));
    } while (in.take(' ') && !in.at_end());
    return in.finish(std::move(capabilities));
}

Result<std::string> parse_compress(const Command& command) {
    Arguments in{command};
    auto algorithm = in.word();
    return in.finish(std::move(algorithm));
}

Result<std::vector<std::string>> parse_cancel_update(const Command& command) {
    Arguments in{command};
    std::vector<std::string> tags;
    do tags.push_back(in.string());
    while (in.take(' ') && !in.at_end());
    return in.finish(std::move(tags));
}

}  // namespace mailpipe::imap
