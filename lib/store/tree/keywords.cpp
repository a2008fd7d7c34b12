// SPDX-License-Identifier: ISC
#include "store/tree/keywords.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/files.hpp"
#include "base/number.hpp"
#include "text/line.hpp"

namespace mailpipe::store {

namespace {

const std::string file_name = "dovecot-keywords";
constexpr std::size_t max_octets = 64 * 1024;

/// flag-keyword = atom (RFC 9051 section 9).
bool is_atom_character(char c) {
    return is_ascii(c) && !is_control(c) && std::string_view{"(){ %*\"\\]"}.find(c) == std::string_view::npos;
}

bool is_keyword(std::string_view text) {
    return !text.empty() && text.size() <= max_keyword_octets && std::ranges::all_of(text, is_atom_character);
}

}  // namespace

Keywords Keywords::parse(std::string_view text) {
    Keywords parsed;
    while (!text.empty()) {
        auto line = text::take_line(text);
        const auto index = take_number<unsigned>(line);
        if (!index || *index >= max_keywords || !line.starts_with(' ')) continue;
        line.remove_prefix(1);
        auto& name = parsed.names_[*index];
        if (name.empty() && is_keyword(line) && !parsed.find(line)) name = line;
    }
    return parsed;
}

std::string Keywords::to_text() const {
    std::string text;
    for (unsigned i = 0; i < max_keywords; ++i) {
        if (!names_[i].empty()) text += fmt::format("{} {}\n", i, names_[i]);
    }
    return text;
}

std::optional<unsigned> Keywords::find(std::string_view keyword) const {
    for (unsigned i = 0; i < max_keywords; ++i) {
        if (!names_[i].empty() && iequals(names_[i], keyword)) return i;
    }
    return {};
}

Result<unsigned> Keywords::add(std::string_view keyword) {
    if (!is_keyword(keyword)) return failure({Fault::permanent, "that can't be a keyword", {}, EINVAL});
    if (const auto known = find(keyword)) return *known;
    for (unsigned i = 0; i < max_keywords; ++i) {
        if (!names_[i].empty()) continue;
        names_[i] = keyword;
        return i;
    }
    return failure({Fault::permanent, fmt::format("a mailbox has no more than {} keywords", max_keywords), {}, ENOSPC});
}

bool Keywords::empty() const {
    return std::ranges::all_of(names_, [](const std::string& name) { return name.empty(); });
}

Result<Keywords> read_keywords(const Fd& folder) {
    const auto file = open_read_at(folder, file_name);
    if (!file && file.error().number == ENOENT) return Keywords{};
    if (!file) return failure(file.error());
    return read_all(*file, max_octets).map([](const std::string& text) { return Keywords::parse(text); });
}

Result<void> write_keywords(const Fd& folder, const Keywords& keywords) {
    auto modified = unix_seconds(system_clock().now());
    if (const auto old = status_at(folder, file_name)) modified = std::max<std::int64_t>(modified, old->st_mtime + 1);
    return replace_file_at(folder, file_name, keywords.to_text(), modified);
}

}  // namespace mailpipe::store
