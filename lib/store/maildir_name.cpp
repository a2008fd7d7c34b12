// SPDX-License-Identifier: ISC
#include "store/maildir_name.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"

namespace mailpipe::store {

namespace {

constexpr std::string_view flags_mark = "2,";

/// The number at the beginning of `text`, if what follows it is in `ends` or nothing.
std::optional<std::uint64_t> leading_number(std::string_view text, std::string_view ends) {
    const auto number = take_number<std::uint64_t>(text);
    if (!text.empty() && ends.find(text.front()) == std::string_view::npos) return {};
    return number;
}

std::optional<std::uint64_t> size_field(std::string_view fields, std::string_view mark) {
    for (auto at = fields.find(mark); at != std::string_view::npos; at = fields.find(mark, at + 1)) {
        if (const auto number = leading_number(fields.substr(at + mark.size()), ",")) return number;
    }
    return {};
}

/// M of "<seconds>.M<microseconds>P<pid>…".
std::uint64_t microseconds_of(std::string_view unique) {
    const auto dot = unique.find('.');
    if (dot == std::string_view::npos) return 0;
    auto middle = unique.substr(dot + 1, unique.find('.', dot + 1) - dot - 1);
    middle.remove_prefix(std::min(middle.find('M'), middle.size()));
    if (!middle.empty()) middle.remove_prefix(1);
    return take_number<std::uint64_t>(middle).value_or(0);
}

std::string_view info_of(std::string_view name) {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view{} : name.substr(colon + 1);
}

}  // namespace

MaildirName parse_maildir_name(std::string_view name) {
    MaildirName parsed{};
    parsed.base = name.substr(0, name.find(':'));
    parsed.unique = parsed.base.substr(0, parsed.base.find(','));
    if (auto info = info_of(name); info.starts_with(flags_mark)) {
        info.remove_prefix(flags_mark.size());
        parsed.flags = info.substr(0, info.find(','));
    }
    return parsed;
}

std::optional<std::uint64_t> MaildirName::octets() const { return size_field(base.substr(unique.size()), ",S="); }
std::optional<std::uint64_t> MaildirName::wire_octets() const { return size_field(base.substr(unique.size()), ",W="); }

MaildirName::Arrival MaildirName::arrival() const { return {leading_number(unique, ".").value_or(0), microseconds_of(unique)}; }

bool is_message_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && name.front() != ':' && name.find('\n') == std::string_view::npos;
}

bool arrived_before(const MaildirName& a, const MaildirName& b) {
    return std::pair{a.arrival(), a.base} < std::pair{b.arrival(), b.base};
}

std::string sized_name(std::string_view unique, std::uint64_t octets, std::uint64_t wire_octets) {
    return fmt::format("{},S={},W={}", unique, octets, wire_octets);
}

std::string with_flags(std::string_view name, std::string_view add, std::string_view remove) {
    const auto parsed = parse_maildir_name(name);
    std::string flags{parsed.flags};
    flags += add;
    std::erase_if(flags, [&](char c) { return remove.find(c) != std::string_view::npos; });
    std::ranges::sort(flags);
    flags.erase(std::unique(flags.begin(), flags.end()), flags.end());

    const auto info = info_of(name);
    const auto rest =
        info.starts_with(flags_mark) ? info.substr(flags_mark.size() + parsed.flags.size()) : std::string_view{};
    return fmt::format("{}:{}{}{}", parsed.base, flags_mark, flags, rest);
}

}  // namespace mailpipe::store
