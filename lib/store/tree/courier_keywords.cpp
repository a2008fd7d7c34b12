// SPDX-License-Identifier: ISC
// courierimapkeywords/ of a folder: ":list" has the keywords, one a line, an empty line, then "<base name>:<n> <n>…"
// for each message. A change that is not in it yet is a file, called as the message, or ".<time>.<base name>" when it
// is older, with a keyword a line.
#include "store/tree/courier_keywords.hpp"

#include <algorithm>
#include <cerrno>
#include <map>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "base/number.hpp"
#include "store/maildir_name.hpp"
#include "store/name_list.hpp"
#include "store/tree/keywords.hpp"
#include "store/uid_file.hpp"
#include "text/line.hpp"

namespace mailpipe::store {

namespace {

constexpr std::size_t max_list_octets = 16 * 1024 * 1024;
constexpr std::size_t max_change_octets = 64 * 1024;

std::vector<std::string> named(std::string_view numbers, const std::vector<std::string>& keywords) {
    std::vector<std::string> names;
    while (names.size() < max_keywords) {
        numbers = trim(numbers);
        const auto number = take_number<std::size_t>(numbers);
        if (!number) break;
        if (*number < keywords.size() && !keywords[*number].empty()) names.push_back(keywords[*number]);
    }
    return names;
}

/// A file of the directory that is a change: what message it is for, and how old it is (less is older).
struct Change {
    std::uint64_t time;
    std::string base;
    std::string file;
};

std::optional<Change> parse_change(std::string_view file) {
    if (file.empty() || file.front() == ':') return {};
    if (file.front() != '.') return Change{UINT64_MAX, std::string{file}, std::string{file}};
    auto base = file.substr(1);
    const auto time = take_number<std::uint64_t>(base);
    if (!time || base.size() < 2 || base.front() != '.') return {};
    return Change{*time, std::string{base.substr(1)}, std::string{file}};
}

Result<std::string> read_text(const Fd& directory, const std::string& name, std::size_t max_octets) {
    const auto file = open_read_at(directory, name);
    if (!file && file.error().number == ENOENT) return std::string{};
    if (!file) return failure(file.error());
    return read_all(*file, max_octets);
}

Result<std::vector<Change>> changes_in(const Fd& directory) {
    std::vector<Change> changes;
    const auto scanned = scan_directory(directory, [&](const DirectoryEntry& entry) {
        if (auto change = parse_change(entry.name)) changes.push_back(std::move(*change));
        return true;
    });
    if (!scanned) return failure(scanned.error());
    std::ranges::stable_sort(changes, {}, &Change::time);
    return changes;
}

bool is_there(const Fd& folder, const std::string& name) { return status_at(folder, name).has_value(); }

constexpr std::string_view all_letters = "abcdefghijklmnopqrstuvwxyz";

std::string letters_of(const std::vector<std::string>& names, Keywords& keywords) {
    std::string letters;
    for (const auto& name : names) {
        const auto index = keywords.add(name);
        if (index && letters.find(all_letters[*index]) == std::string::npos) letters += all_letters[*index];
    }
    return letters;
}

/// Letters of an attempt that was broken off go: they may stand for other keywords now.
Result<void> name_messages(const Fd& folder, const CourierKeywords& messages, Keywords& keywords) {
    const auto new_directory = open_directory_at(folder, "new");
    const auto cur_directory = open_directory_at(folder, "cur");
    if (!new_directory || !cur_directory) return failure((new_directory ? cur_directory : new_directory).error());
    const auto files = NameList::scan(*new_directory, *cur_directory);
    if (!files) return failure(files.error());
    for (const auto& [base, names] : messages) {
        const auto file = files->find(base);
        if (!file) continue;
        const std::string old_name{files->name(*file)};
        const bool is_new = files->place(*file) == Place::in_new;
        const auto name = with_flags(with_flags(old_name, "", all_letters), letters_of(names, keywords));
        if (name == old_name || (is_new && names.empty())) continue;
        // Where it is gone somebody has expunged it, or changes its flags; that one's keywords are lost.
        auto renamed = rename_new_at(is_new ? *new_directory : *cur_directory, old_name, *cur_directory, name);
        if (!renamed && renamed.error().number != ENOENT) return renamed;
    }
    return {};
}

}  // namespace

CourierKeywords parse_courier_keywords(std::string_view list) {
    std::vector<std::string> keywords;
    CourierKeywords messages;
    while (!list.empty()) {
        const auto line = text::take_line(list);
        if (line.empty()) break;
        keywords.emplace_back(line.size() <= max_keyword_octets ? line : "");
    }
    while (!list.empty()) {
        const auto line = text::take_line(list);
        const auto colon = line.find(':');
        if (colon == 0 || colon == std::string_view::npos) continue;
        messages.emplace_back(line.substr(0, colon), named(line.substr(colon + 1), keywords));
    }
    return messages;
}

Result<CourierKeywords> read_courier_keywords(const Fd& folder) {
    const auto directory = open_directory_at(folder, "courierimapkeywords");
    if (!directory && directory.error().number == ENOENT) return CourierKeywords{};
    if (!directory) return failure(directory.error());
    const auto list = read_text(*directory, ":list", max_list_octets);
    if (!list) return failure(list.error());
    std::map<std::string, std::vector<std::string>> messages;
    for (auto& [base, keywords] : parse_courier_keywords(*list)) messages[base] = std::move(keywords);
    const auto changes = changes_in(*directory);
    if (!changes) return failure(changes.error());
    for (const auto& change : *changes) {
        const auto text = read_text(*directory, change.file, max_change_octets);
        if (!text) continue;  // no change of Courier's
        auto& keywords = messages[change.base];
        keywords.clear();
        for (std::string_view left{*text}; !left.empty();) {
            if (const auto line = text::take_line(left); !line.empty()) keywords.emplace_back(line);
        }
    }
    return CourierKeywords{messages.begin(), messages.end()};
}

Result<void> adopt_courier_keywords(const Fd& folder) {
    if (is_there(folder, "dovecot-keywords") || !is_there(folder, "courierimapkeywords")) return {};
    const auto lock = lock_uid_map(folder);
    if (!lock) return failure(lock.error());
    if (is_there(folder, "dovecot-keywords")) return {};
    const auto messages = read_courier_keywords(folder);
    if (!messages) return failure(messages.error());
    Keywords keywords;
    if (auto r = name_messages(folder, *messages, keywords); !r) return r;
    return write_keywords(folder, keywords);
}

}  // namespace mailpipe::store
