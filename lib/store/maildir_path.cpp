// SPDX-License-Identifier: ISC
#include "store/maildir_path.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/ascii.hpp"

namespace mailpipe::store {

namespace {

bool is_safe(std::string_view component) {
    return !component.empty() && component.front() != '.' &&
           std::ranges::none_of(component, [](char c) { return c == '/' || is_control(c); });
}

/// Nothing for an unknown letter.
std::string_view value_of(char letter, const MailboxOwner& owner) {
    const auto at = owner.user.rfind('@');
    const bool has_domain = at != std::string_view::npos;
    switch (letter) {
        case 'u': return owner.user;
        case 'n': return owner.user.substr(0, at);
        case 'd': return has_domain ? owner.user.substr(at + 1) : owner.default_domain;
        case 'h': return owner.home;
        case '%': return "%";
        default: return {};
    }
}

}  // namespace

Result<std::string> maildir_path(std::string_view pattern, const MailboxOwner& owner) {
    std::string path;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] != '%') {
            path += pattern[i];
            continue;
        }
        const char letter = ++i < pattern.size() ? pattern[i] : ' ';
        const auto value = value_of(letter, owner);
        if (value.empty()) {
            return failure(
                {Fault::permanent,
                 fmt::format("maildir '{}': %{} is unknown or empty for user '{}'", pattern, letter, owner.user),
                 ExitStatus::configuration});
        }
        if (letter != 'h' && !is_safe(value)) {
            return failure({Fault::permanent, fmt::format("user '{}' can't be a directory's name", owner.user),
                            ExitStatus::no_user});
        }
        path += value;
    }
    return path;
}

}  // namespace mailpipe::store
