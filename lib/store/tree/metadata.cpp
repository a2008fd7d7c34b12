// SPDX-License-Identifier: ISC
#include "store/tree/metadata.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/number.hpp"
#include "store/dotlock.hpp"
#include "text/line.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

namespace {

constexpr std::string_view version_line = "1\n";
constexpr std::size_t max_readable_octets = 64 * 1024 * 1024;  // whatever the limits were when it was written

const Error unreadable{Fault::permanent, "the file of annotations is none of ours"};

std::string file_of(MetadataOf whose) {
    return whose == MetadataOf::server ? "mailpipe-metadata-server" : "mailpipe-metadata";
}

std::string entry_line(std::string_view name, std::size_t octets) { return fmt::format("{} {}\n", name, octets); }

std::size_t entry_octets(std::string_view name, std::string_view value) {
    return entry_line(name, value.size()).size() + value.size() + 1;
}

bool is_name_character(char c) { return is_ascii(c) && !is_control(c) && c != '*' && c != '%'; }

/// Takes "<name> <octets>\n<value>\n".
std::optional<std::pair<std::string_view, std::string_view>> take_entry(std::string_view& text) {
    const auto line_end = text.find('\n');
    if (line_end == std::string_view::npos) return {};
    const auto line = text.substr(0, line_end);
    const auto blank = line.rfind(' ');
    if (blank == std::string_view::npos) return {};
    const auto octets = to_number<std::size_t>(line.substr(blank + 1));
    text.remove_prefix(line_end + 1);
    if (!octets || *octets >= text.size() || text[*octets] != '\n') return {};
    const auto value = text.substr(0, *octets);
    text.remove_prefix(*octets + 1);
    return std::pair{line.substr(0, blank), value};
}

}  // namespace

bool may_have_entries(std::string_view name) {
    if (!std::ranges::all_of(name, is_name_character)) return false;
    if (name.ends_with('/') || name.find("//") != std::string_view::npos) return false;
    return istarts_with(name, "/private/") || istarts_with(name, "/shared/");
}

bool is_entry_name(std::string_view name) {
    if (!may_have_entries(name)) return false;
    const auto components = std::ranges::count(name, '/');
    const auto second = name.substr(name.find('/', 1) + 1);
    const bool is_vendor = iequals(second, "vendor") || istarts_with(second, "vendor/");
    return components >= (is_vendor ? 4 : 2);
}

Result<Metadata> Metadata::parse(std::string_view text, MetadataLimits limits) {
    Metadata parsed{limits};
    if (!text.starts_with(version_line)) return failure(unreadable);
    parsed.octets_ = text.size();
    text.remove_prefix(version_line.size());
    while (!text.empty()) {
        const auto entry = take_entry(text);
        if (!entry || !is_entry_name(entry->first) || entry->first != lower(entry->first)) return failure(unreadable);
        if (!parsed.entries_.emplace(entry->first, entry->second).second) return failure(unreadable);
    }
    return parsed;
}

std::string Metadata::to_text() const {
    std::string text{version_line};
    for (const auto& [name, value] : entries_) text.append(entry_line(name, value.size())).append(value).append("\n");
    return text;
}

std::vector<std::pair<std::string_view, std::string_view>> Metadata::get(std::string_view name, Depth depth) const {
    std::vector<std::pair<std::string_view, std::string_view>> found;
    const auto wanted = lower(name);
    if (const auto own = entries_.find(wanted); own != entries_.end()) found.push_back(*own);
    if (depth == Depth::zero) return found;
    const auto below = wanted + '/';
    for (auto at = entries_.lower_bound(below); at != entries_.end() && at->first.starts_with(below); ++at) {
        const bool is_child = at->first.find('/', below.size()) == std::string::npos;
        if (is_child || depth == Depth::infinity) found.push_back(*at);
    }
    return found;
}

Result<void> Metadata::set(std::string_view name, std::optional<std::string_view> value) {
    if (!is_entry_name(name) || name.size() > limits_.name_octets) {
        return failure({Fault::permanent, "that can't be the name of an annotation", {}, EINVAL});
    }
    const auto key = lower(name);
    const auto old = entries_.find(key);
    const auto without = octets_ - (old == entries_.end() ? 0 : entry_octets(key, old->second));
    if (!value) {
        if (old != entries_.end()) entries_.erase(old);
        octets_ = without;
        return {};
    }
    if (value->size() > limits_.value_octets) {
        return failure({Fault::permanent, fmt::format("more than {} octets", limits_.value_octets), {}, EMSGSIZE});
    }
    const auto octets = without + entry_octets(key, *value);
    if (octets > limits_.file_octets) {
        return failure({Fault::permanent, fmt::format("more than {} octets in all", limits_.file_octets), {}, ENOSPC});
    }
    entries_[key] = *value;
    octets_ = octets;
    return {};
}

Result<Metadata> read_metadata(const Fd& folder, MetadataOf whose, MetadataLimits limits) {
    const auto file = open_read_at(folder, file_of(whose));
    if (!file && file.error().number == ENOENT) return Metadata{limits};
    if (!file) return failure(file.error());
    const auto text = read_all(*file, max_readable_octets);
    if (!text) return failure(text.error());
    return Metadata::parse(*text, limits);
}

Result<void> replace_metadata(const Fd& folder, MetadataOf whose, const Metadata& metadata) {
    return replace_file_at(folder, file_of(whose), metadata.to_text());
}

Result<void> change_metadata(const Fd& folder, MetadataOf whose, const std::vector<MetadataChange>& changes,
                             MetadataLimits limits) {
    const auto lock = Dotlock::take(folder, file_of(whose), {.wait = 30s, .stale = 30s});
    if (!lock) return failure(lock.error());
    auto metadata = read_metadata(folder, whose, limits);
    if (!metadata) return failure(metadata.error());
    for (const auto& [name, value] : changes) {
        const auto octets = value ? std::optional<std::string_view>{*value} : std::nullopt;
        if (auto r = metadata->set(name, octets); !r) return r;
    }
    return replace_metadata(folder, whose, *metadata);
}

}  // namespace mailpipe::store
