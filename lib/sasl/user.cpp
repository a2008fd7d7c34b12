// SPDX-License-Identifier: ISC
#include "sasl/user.hpp"

#include <fmt/format.h>

namespace mailpipe::sasl {

namespace {

constexpr std::string_view maildir_tag = "maildir:";

/// Transient: mail must not bounce because the site is set up wrongly.
tl::unexpected<Error> wrong(const User& user, std::string_view why) {
    return failure({Fault::transient, fmt::format("maildir of {}: {}", user.name, why), ExitStatus::configuration});
}

/// One component of a path, or a part of one.
bool is_harmless(std::string_view part) {
    return !part.empty() && part.front() != '.' && part.find('/') == std::string_view::npos &&
           part.find('\0') == std::string_view::npos;
}

/// Dovecot's mail_location: "maildir:PATH[:option...]".
Result<std::string_view> path_in(const User& user) {
    std::string_view location = user.mail;
    if (!location.starts_with(maildir_tag)) return wrong(user, fmt::format("'{}' is no maildir:", location));
    location.remove_prefix(maildir_tag.size());
    return location.substr(0, location.find(':'));
}

Result<std::string> replacement(const User& user, char letter, std::string_view domain) {
    const auto at = user.name.rfind('@');
    std::string_view part;
    switch (letter) {
        case '%': return "%";
        case 'h':
            if (user.home.empty() || user.home.front() != '/') return wrong(user, "the user has no home directory");
            return user.home;
        case 'u': part = user.name; break;
        case 'n': part = std::string_view{user.name}.substr(0, at); break;
        case 'd': part = at == std::string::npos ? domain : std::string_view{user.name}.substr(at + 1); break;
        default: return wrong(user, fmt::format("%{} is none of %u %n %d %h %%", letter));
    }
    if (!is_harmless(part)) return wrong(user, fmt::format("'{}' can't be part of a path", part));
    return std::string{part};
}

}  // namespace

Result<std::string> maildir_of(const User& user, std::string_view location, std::string_view domain) {
    if (!user.mail.empty()) {
        const auto path = path_in(user);
        if (!path) return failure(path.error());
        location = *path;
    }
    std::string out;
    for (std::size_t i = 0; i < location.size(); ++i) {
        const bool home = i == 0 && location[0] == '~' && (location.size() == 1 || location[1] == '/');
        if (!home && location[i] != '%') {
            out += location[i];
            continue;
        }
        if (!home && ++i == location.size()) return wrong(user, "% at the end");
        const auto part = replacement(user, home ? 'h' : location[i], domain);
        if (!part) return part;
        out += *part;
    }
    if (out.empty() || out.front() != '/') return wrong(user, fmt::format("'{}' does not begin with '/'", out));
    return out;
}

}  // namespace mailpipe::sasl
