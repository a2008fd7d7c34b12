// SPDX-License-Identifier: ISC
#include "store/tree/special_use.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/files.hpp"
#include "store/tree/tree_lock.hpp"
#include "text/line.hpp"

namespace mailpipe::store {

namespace {

const std::string file_name = "mailpipe-specialuse";
constexpr std::size_t max_octets = 1024 * 1024;

constexpr std::array<std::string_view, 5> possible{R"(\Archive)", R"(\Drafts)", R"(\Junk)", R"(\Sent)", R"(\Trash)"};

constexpr WellKnownFolder known[] = {
    {"Drafts", R"(\Drafts)"},       {"Sent", R"(\Sent)"},
    {"Sent Items", R"(\Sent)"},     {"Sent Messages", R"(\Sent)"},
    {"Junk", R"(\Junk)"},           {"Junk E-mail", R"(\Junk)"},
    {"Spam", R"(\Junk)"},           {"Trash", R"(\Trash)"},
    {"Deleted Items", R"(\Trash)"}, {"Deleted Messages", R"(\Trash)"},
    {"Archive", R"(\Archive)"},     {"Archives", R"(\Archive)"},
};

bool has(const std::vector<std::string>& attributes, std::string_view use) {
    return std::ranges::find(attributes, use) != attributes.end();
}

std::vector<std::string> known_ones(const std::vector<std::string>& attributes) {
    std::vector<std::string> result;
    for (const auto& attribute : attributes) {
        const auto use = special_use(attribute);
        if (!use.empty() && !has(result, use)) result.emplace_back(use);
    }
    return result;
}

}  // namespace

std::span<const WellKnownFolder> well_known_folders() { return known; }

std::string_view special_use(std::string_view attribute) {
    const auto use = std::ranges::find_if(possible, [&](std::string_view one) { return iequals(one, attribute); });
    return use == possible.end() ? std::string_view{} : *use;
}

void SpecialUses::parse(std::string_view text) {
    while (!text.empty()) {
        auto line = text::take_line(text);
        std::vector<std::string> attributes;
        while (line.starts_with('\\')) {
            const auto end = std::min(line.find(' '), line.size());
            attributes.emplace_back(line.substr(0, end));
            line.remove_prefix(std::min(end + 1, line.size()));
        }
        if (line.size() <= max_directory_octets && name_of(line, rules_)) {
            given_[std::string{line}] = known_ones(attributes);
        }
    }
}

std::string SpecialUses::to_text() const {
    std::string text;
    for (const auto& [directory, attributes] : given_) {
        for (const auto& attribute : attributes) text += attribute + ' ';
        text += directory + '\n';
    }
    return text;
}

std::vector<std::string> SpecialUses::of(std::string_view name) const {
    const auto given = given_.find(directory_of(name, rules_));
    if (given != given_.end()) return given->second;
    if (!name.starts_with(rules_.prefix)) return {};
    const auto own = name.substr(rules_.prefix.size());
    const auto row = std::ranges::find_if(known_, [&](const auto& one) { return iequals(one.name, own); });
    if (row == known_.end()) return {};
    const bool is_elsewhere = std::ranges::any_of(given_, [&](const auto& one) { return has(one.second, row->use); });
    return is_elsewhere ? std::vector<std::string>{} : std::vector<std::string>{std::string{row->use}};
}

void SpecialUses::set(std::string_view name, const std::vector<std::string>& attributes) {
    auto now = known_ones(attributes);
    for (auto& [directory, others] : given_) {
        std::erase_if(others, [&](const std::string& use) { return has(now, use); });
    }
    given_[directory_of(name, rules_)] = std::move(now);
}

void SpecialUses::forget(std::string_view name) { given_.erase(directory_of(name, rules_)); }

void SpecialUses::rename(std::string_view from, std::string_view to) {
    decltype(given_) renamed;
    for (auto& [directory, attributes] : given_) {
        const auto name = name_of(directory, rules_).value_or("");
        const bool moves = name == from || is_below(name, from, rules_);
        const auto now = moves ? directory_of(std::string{to} + name.substr(from.size()), rules_) : directory;
        renamed[now] = std::move(attributes);
    }
    given_ = std::move(renamed);
}

Result<SpecialUses> read_special_uses(const Fd& root, const NameRules& rules) {
    SpecialUses uses{rules};
    const auto file = open_read_at(root, file_name);
    if (!file && file.error().number == ENOENT) return uses;
    if (!file) return failure(file.error());
    const auto text = read_all(*file, max_octets);
    if (!text) return failure(text.error());
    uses.parse(*text);
    return uses;
}

Result<void> write_special_uses(const Fd& root, const SpecialUses& uses) {
    return replace_file_at(root, file_name, uses.to_text());
}

Result<void> set_special_uses(const Fd& root, const NameRules& rules, std::string_view name,
                              const std::vector<std::string>& attributes) {
    for (const auto& attribute : attributes) {
        if (!special_use(attribute).empty()) continue;
        return failure({Fault::permanent, fmt::format("no folder can be {}", attribute), {}, EINVAL});
    }
    const auto lock = TreeLock::take(root);
    if (!lock) return failure(lock.error());
    auto now = read_special_uses(root, rules);
    if (!now) return failure(now.error());
    now->set(name, attributes);
    return write_special_uses(root, *now);
}

}  // namespace mailpipe::store
