// SPDX-License-Identifier: ISC
#include "store/tree/subscriptions.hpp"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <unordered_set>

#include "base/files.hpp"
#include "store/dotlock.hpp"
#include "text/line.hpp"

namespace mailpipe::store {

using namespace std::chrono_literals;

namespace {

const std::string file_name = "subscriptions";
constexpr const char* courier_file_name = "courierimapsubscribed";
constexpr std::string_view version_2 = "V\t2";
constexpr std::size_t max_octets = 4 * 1024 * 1024 - 1;

constexpr char escape = '\x01';
constexpr std::string_view letters = "01trn";
constexpr std::string_view meanings{"\0\x01\t\r\n", 5};

/// An older version's line as version 2 has it.
std::string escaped(std::string_view line) {
    std::string text;
    for (const char c : line) {
        const auto at = meanings.find(c);
        if (at == std::string_view::npos) text += c == '.' ? '\t' : c;
        else text.append({escape, letters[at]});
    }
    return text;
}

/// A line of version 2 with '.' between its levels. Nothing for a level with a dot in it, which is no name of ours.
std::optional<std::string> unescaped(std::string_view line) {
    std::string text;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] == '.') return {};
        if (line[i] != escape) {
            text += line[i] == '\t' ? '.' : line[i];
            continue;
        }
        const auto at = ++i < line.size() ? letters.find(line[i]) : std::string_view::npos;
        if (at == std::string_view::npos) return {};
        text += meanings[at];
    }
    return text;
}

/// The file keeps the names of directories, without their first dot.
std::optional<std::string> name_of_line(std::string_view levels, const NameRules& rules) {
    if (is_inbox(levels)) return "INBOX";
    return name_of("." + std::string{levels}, rules);
}

std::string line_of_name(std::string_view name, const NameRules& rules) {
    auto line = name == "INBOX" ? std::string{name} : directory_of(name, rules).substr(1);
    std::ranges::replace(line, '.', '\t');
    return line;
}

struct Lines {
    std::vector<std::string> lines;                 ///< as version 2 has them
    std::vector<std::optional<std::string>> names;  ///< of each line
};

Lines parse_lines(std::string_view text, const NameRules& rules) {
    Lines parsed;
    std::unordered_set<std::string> seen;
    const bool is_version_2 = text.starts_with(version_2) && text.substr(version_2.size()).starts_with('\n');
    if (is_version_2) (void)text::take_line(text);
    while (!text.empty()) {
        std::string line{text::take_line(text)};
        if (line.empty()) continue;
        auto name = is_version_2 ? unescaped(line).value_or("") : line;
        if (!is_version_2) line = escaped(line);
        if (!seen.insert(line).second) continue;
        parsed.names.push_back(name.empty() ? std::nullopt : name_of_line(name, rules));
        parsed.lines.push_back(std::move(line));
    }
    return parsed;
}

std::vector<std::string> each_once(std::vector<std::optional<std::string>> names) {
    std::vector<std::string> result;
    std::unordered_set<std::string> seen;
    for (auto& name : names) {
        if (name && seen.insert(*name).second) result.push_back(std::move(*name));
    }
    return result;
}

/// Nothing where there is no such file.
Result<std::optional<std::string>> read_text(const Fd& root, const std::string& name) {
    const auto file = open_read_at(root, name);
    if (!file && file.error().number == ENOENT) return std::nullopt;
    if (!file) return failure(file.error());
    auto text = read_all(*file, max_octets);
    if (!text) return failure(text.error());
    return std::move(*text);
}

/// Courier's "INBOX.folder.sub" lines, in the words of version 2's old sister; what begins with '#' is somebody else's.
std::string from_courier(std::string_view text) {
    std::string lines;
    while (!text.empty()) {
        auto line = text::take_line(text);
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with("INBOX.")) line.remove_prefix(6);
        lines.append(line).append("\n");
    }
    return lines;
}

Result<std::string> read_any(const Fd& root) {
    auto own = read_text(root, file_name);
    if (!own) return failure(own.error());
    if (*own) return std::move(**own);
    const auto couriers = read_text(root, courier_file_name);
    if (!couriers) return failure(couriers.error());
    return *couriers ? from_courier(**couriers) : std::string{};
}

enum class Wish { in, out };

Result<void> change(const Fd& root, const NameRules& rules, std::string_view name, Wish wish) {
    const auto lock = Dotlock::take(root, file_name, {.wait = 30s, .stale = 30s});
    if (!lock) return failure(lock.error());
    const auto text = read_any(root);
    if (!text) return failure(text.error());
    const auto [lines, names] = parse_lines(*text, rules);
    bool is_there = false;
    std::string changed{version_2};
    changed += "\n\n";
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool is_it = names[i] && *names[i] == name;
        is_there = is_there || is_it;
        if (!is_it || wish == Wish::in) changed += lines[i] + '\n';
    }
    if (is_there == (wish == Wish::in)) return {};
    if (wish == Wish::in) changed += line_of_name(name, rules) + '\n';
    return replace_file_at(root, file_name, changed);
}

}  // namespace

std::vector<std::string> parse_subscriptions(std::string_view text, const NameRules& rules) {
    return each_once(parse_lines(text, rules).names);
}

Result<std::vector<std::string>> read_subscriptions(const Fd& root, const NameRules& rules) {
    return read_any(root).map([&](const std::string& text) { return parse_subscriptions(text, rules); });
}

Result<void> subscribe(const Fd& root, const NameRules& rules, std::string_view name) {
    return change(root, rules, name, Wish::in);
}

Result<void> unsubscribe(const Fd& root, const NameRules& rules, std::string_view name) {
    return change(root, rules, name, Wish::out);
}

}  // namespace mailpipe::store
