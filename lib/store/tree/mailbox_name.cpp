// SPDX-License-Identifier: ISC
#include "store/tree/mailbox_name.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "text/utf7.hpp"

namespace mailpipe::store {

namespace {

constexpr std::string_view inbox = "INBOX";

tl::unexpected<Error> unstorable(std::string_view why) {
    return failure({Fault::permanent, fmt::format("no name for a mailbox: {}", why), {}, EINVAL});
}

/// INBOX, alone or as the first level, in capitals.
std::string with_inbox_in_capitals(std::string_view name, char separator) {
    std::string canonical{name};
    const bool begins = istarts_with(name, inbox);
    if (begins && (name.size() == inbox.size() || name[inbox.size()] == separator)) {
        std::ranges::copy(inbox, canonical.begin());
    }
    return canonical;
}

Result<void> check_levels(std::string_view levels, char separator) {
    const auto other = separator == '.' ? '/' : '.';
    if (levels.find(other) != std::string_view::npos) return unstorable(fmt::format("'{}' can't be in it", other));
    if (levels.starts_with('~')) return unstorable("'~' can't begin it");
    std::size_t count = 1;
    char before = separator;
    for (const char c : levels) {
        if (c == separator && before == separator) return unstorable("a level is empty");
        if (c == separator) ++count;
        before = c;
    }
    if (before == separator) return unstorable("a level is empty");
    if (count > max_levels) return unstorable(fmt::format("more than {} levels", max_levels));
    return {};
}

std::string encoded(std::string_view levels, const NameRules& rules) {
    std::string name{levels};
    std::ranges::replace(name, rules.separator, '.');
    if (rules.encoding == NameEncoding::utf8) return name;
    return text::to_modified_utf7(name).value_or(name);
}

std::string decoded(std::string_view name, NameEncoding encoding) {
    if (encoding == NameEncoding::utf8) return std::string{name};
    return text::from_modified_utf7(name).value_or(std::string{name});
}

}  // namespace

bool is_inbox(std::string_view name) { return iequals(name, inbox); }

Result<std::string> canonical_name(std::string_view name, const NameRules& rules) {
    if (name.empty()) return unstorable("it is empty");
    if (name.size() > 4 * max_directory_octets) return unstorable("too long");
    if (!is_utf8(name)) return unstorable("it is not UTF-8");
    if (text::has_forbidden_characters(name)) return unstorable("a control character is in it");
    auto canonical = with_inbox_in_capitals(name, rules.separator);
    if (canonical == inbox) return canonical;
    if (!canonical.starts_with(rules.prefix)) return unstorable(fmt::format("it has to begin with {}", rules.prefix));
    if (auto r = check_levels(std::string_view{canonical}.substr(rules.prefix.size()), rules.separator); !r) {
        return failure(r.error());
    }
    if (directory_of(canonical, rules).size() > max_directory_octets) {
        return unstorable(fmt::format("more than {} octets on disk", max_directory_octets));
    }
    return canonical;
}

std::string directory_of(std::string_view name, const NameRules& rules) {
    if (name == inbox) return ".";
    return "." + encoded(name.substr(rules.prefix.size()), rules);
}

std::optional<std::string> name_of(std::string_view directory, const NameRules& rules) {
    if (directory == ".") return std::string{inbox};
    if (!directory.starts_with('.')) return {};
    auto levels = decoded(directory.substr(1), rules.encoding);
    std::ranges::replace(levels, '.', rules.separator);
    auto name = canonical_name(rules.prefix + levels, rules);
    if (!name || *name == inbox) return {};
    return std::move(*name);
}

std::string_view parent_of(std::string_view name, const NameRules& rules) {
    const auto end = name.rfind(rules.separator);
    if (end == std::string_view::npos) return {};
    const auto parent = name.substr(0, end);
    const bool is_prefix = parent.size() < rules.prefix.size() && parent != inbox;
    return is_prefix ? std::string_view{} : parent;
}

bool is_below(std::string_view name, std::string_view ancestor, const NameRules& rules) {
    return name.size() > ancestor.size() + 1 && name.starts_with(ancestor) && name[ancestor.size()] == rules.separator;
}

}  // namespace mailpipe::store
