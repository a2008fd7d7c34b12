// SPDX-License-Identifier: ISC
#include "mta/aliases.hpp"

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::string_view include_mark = ":include:";

Error bad(std::string what) { return {Fault::permanent, std::move(what), ExitStatus::configuration}; }

/// The place of the first of `stops` that stands outside of quotes.
std::size_t find_unquoted(std::string_view text, std::string_view stops) {
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\') ++at;
        else if (text[at] == '"') quoted = !quoted;
        else if (!quoted && stops.find(text[at]) != std::string_view::npos) return at;
    }
    return std::string_view::npos;
}

/// What stands in quotes as a whole, as in "|command with blanks"; not "quoted local"@part.
std::string_view without_quotes(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
    const auto inner = text.substr(1, text.size() - 2);
    return inner.find('"') == std::string_view::npos ? inner : text;
}

Result<AliasTarget> parse_target(std::string_view text) {
    const auto inner = without_quotes(text);
    if (inner.starts_with('|')) return failure(bad(fmt::format("'{}' is a command: not supported", inner)));
    if (inner.starts_with('/')) return failure(bad(fmt::format("'{}' is a file: not supported", inner)));
    if (istarts_with(inner, include_mark)) {
        const auto path = trim(inner.substr(include_mark.size()));
        if (!path.starts_with('/')) return failure(bad(fmt::format("'{}' names no file from / on", inner)));
        return AliasTarget{AliasTarget::Kind::include, {}, std::string{path}};
    }
    const bool verbatim = text.starts_with('\\');
    auto mailbox = mail::parse_address(verbatim ? text.substr(1) : text);
    if (!mailbox) return failure(bad(fmt::format("'{}' is no address: {}", text, mailbox.error().what)));
    return AliasTarget{verbatim ? AliasTarget::Kind::user : AliasTarget::Kind::address, std::move(*mailbox)};
}

/// Takes the next logical line, with its continuations (which begin with a blank), off the front of `text`.
std::string_view take_entry(std::string_view& text) {
    std::size_t end = 0;
    do {
        end = text.find('\n', end);
        end = end == std::string_view::npos ? text.size() : end + 1;
    } while (end < text.size() && is_blank(text[end]));
    const auto entry = text.substr(0, end);
    text.remove_prefix(end);
    return entry;
}

Result<Alias> parse_entry(std::string_view entry) {
    const auto colon = find_unquoted(entry, ":\n");
    if (colon == std::string_view::npos || entry[colon] != ':') return failure(bad("no 'name:'"));
    const auto name = without_quotes(trim(entry.substr(0, colon)));
    if (name.empty() || is_blank(entry.front())) return failure(bad("no name before ':'"));
    auto targets = parse_targets(entry.substr(colon + 1));
    if (!targets) return failure(targets.error());
    if (targets->empty()) return failure(bad(fmt::format("nothing after '{}:'", name)));
    return Alias{std::string{name}, std::move(*targets)};
}

std::size_t count_lines(std::string_view text) { return static_cast<std::size_t>(std::ranges::count(text, '\n')); }

}  // namespace

Result<std::vector<AliasTarget>> parse_targets(std::string_view text) {
    std::vector<AliasTarget> targets;
    while (!text.empty()) {
        const bool comment = text.starts_with('#');
        const auto end = std::min(comment ? text.find('\n') : find_unquoted(text, ",\n"), text.size());
        const auto word = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (comment || word.empty()) continue;
        auto target = parse_target(word);
        if (!target) return failure(target.error());
        targets.push_back(std::move(*target));
    }
    return targets;
}

Result<Aliases> Aliases::parse(std::string_view text, std::string_view path) {
    Aliases aliases;
    std::size_t line = 1;
    while (!text.empty()) {
        const auto entry = take_entry(text);
        const auto here = line;
        line += count_lines(entry);
        const auto fail = [&](std::string_view what) { return failure(bad(fmt::format("{}:{}: {}", path, here, what))); };
        if (trim(entry).empty() || entry.starts_with('#')) continue;
        auto alias = parse_entry(entry);
        if (!alias) return fail(alias.error().what);
        auto name = lower(alias->name);
        if (aliases.entries_.contains(name)) return fail(fmt::format("'{}' has been there before", name));
        aliases.entries_.emplace(std::move(name), std::move(*alias));
    }
    return aliases;
}

Result<Aliases> Aliases::load(const std::string& path) {
    const auto text = read_file(path, max_file_octets);
    if (text) return parse(*text, path);
    auto error = text.error();
    if (error.number == ENOENT && path == default_path) return Aliases{};
    if (error.fault == Fault::permanent) error.status = ExitStatus::configuration;
    error.what.insert(0, "aliases: ");
    return failure(std::move(error));
}

const Alias* Aliases::find(std::string_view name) const {
    const auto entry = entries_.find(lower(name));
    return entry == entries_.end() ? nullptr : &entry->second;
}

}  // namespace mailpipe::mta
