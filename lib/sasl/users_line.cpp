// SPDX-License-Identifier: ISC
#include "sasl/users_line.hpp"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::sasl {

namespace {

enum Field { name, password, uid, gid, gecos, home, shell, extra, field_count };
using Fields = std::array<std::string_view, field_count>;

tl::unexpected<Error> bad(std::string what) { return failure({Fault::permanent, std::move(what)}); }

/// The last field takes the rest, with its colons.
Fields split(std::string_view line) {
    Fields fields{};
    for (int i = name; i < extra; ++i) {
        const auto colon = line.find(':');
        fields[static_cast<std::size_t>(i)] = line.substr(0, colon);
        if (colon == std::string_view::npos) return fields;
        line.remove_prefix(colon + 1);
    }
    fields[extra] = line;
    return fields;
}

/// NSS is asked only for what is no number. `look_up` gives nothing for an unknown name.
template <typename LookUp>
Result<std::optional<std::uint32_t>> parse_id(std::string_view text, const char* what, LookUp look_up) {
    if (text.empty()) return std::nullopt;
    if (std::ranges::all_of(text, is_digit)) {
        const auto number = to_number<std::uint32_t>(text);
        if (!number || *number == UINT32_MAX) return bad(fmt::format("'{}' is no {}", text, what));
        return *number;
    }
    const auto found = look_up(std::string{text});
    if (!found) return bad(fmt::format("'{}' is no {}", text, what));
    return found;
}

std::optional<std::uint32_t> user_id(const std::string& user) {
    const passwd* entry = ::getpwnam(user.c_str());
    return entry != nullptr ? std::optional{entry->pw_uid} : std::nullopt;
}

std::optional<std::uint32_t> group_id(const std::string& group_name) {
    const group* entry = ::getgrnam(group_name.c_str());
    return entry != nullptr ? std::optional{entry->gr_gid} : std::nullopt;
}

/// "*:storage=10M:messages=1000"; storage counts KiB without a letter. Rules for single folders are passed over.
Result<void> parse_quota(std::string_view rule, User& user) {
    if (!rule.starts_with("*:")) return {};
    rule.remove_prefix(2);
    while (!rule.empty()) {
        const auto item = rule.substr(0, rule.find(':'));
        rule.remove_prefix(std::min(rule.size(), item.size() + 1));
        if (item == "ignore") continue;
        const bool storage = item.starts_with("storage=");
        if (!storage && !item.starts_with("messages=")) return bad(fmt::format("quota rule '{}' is none of ours", item));
        const auto value = item.substr(item.find('=') + 1);
        const auto limit = storage ? parse_octets(value, 1024) : to_number<std::uint64_t>(value);
        if (!limit) return bad(fmt::format("quota rule '{}' has no limit", item));
        (storage ? user.max_octets : user.max_messages) = *limit;
    }
    return {};
}

Result<void> parse_extra(std::string_view words, User& user) {
    constexpr std::string_view prefix = "userdb_";
    while (!(words = trim(words)).empty()) {
        auto word = words.substr(0, words.find_first_of(" \t"));
        words.remove_prefix(word.size());
        // A restriction that we can't keep must not be lost: such a user can't log in here.
        if (word == "nologin" || word.starts_with("nologin=") || word.starts_with("allow_nets=")) user.may_login = false;
        if (word.starts_with(prefix)) word.remove_prefix(prefix.size());
        if (word.starts_with("mail=")) user.mail = word.substr(5);
        if (word.starts_with("imap_without=")) user.imap_without = word.substr(13);
        if (!word.starts_with("quota_rule=")) continue;
        if (auto r = parse_quota(word.substr(11), user); !r) return r;
    }
    return {};
}

}  // namespace

bool is_blank_line(std::string_view line) {
    line = trim(line);
    return line.empty() || line.front() == '#';
}

std::string_view name_in(std::string_view line) { return line.substr(0, line.find(':')); }

std::string_view password_in(std::string_view line) { return split(line)[password]; }

Result<User> parse_users_line(std::string_view line) {
    const Fields fields = split(line);
    if (fields[name].empty()) return bad("no name before the first ':'");
    if (std::ranges::any_of(line, [](char c) { return is_control(c) && c != '\t'; })) return bad("a control character");
    if (fields[name].find_first_of(" \t/") != std::string_view::npos) return bad("a name with a blank or a '/'");

    User user;
    user.name = fields[name];
    user.password = fields[password];
    user.home = fields[home];
    const auto owner = parse_id(fields[uid], "user", user_id);
    if (!owner) return failure(owner.error());
    const auto owners_group = parse_id(fields[gid], "group", group_id);
    if (!owners_group) return failure(owners_group.error());
    user.uid = *owner;
    user.gid = *owners_group;
    if (auto r = parse_extra(fields[extra], user); !r) return failure(r.error());
    return user;
}

}  // namespace mailpipe::sasl
