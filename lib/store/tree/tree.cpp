// SPDX-License-Identifier: ISC
// What is there. How it is changed: store/tree/tree_changes.cpp.
#include "store/tree/tree.hpp"

#include <dirent.h>

#include <cerrno>
#include <functional>
#include <map>

#include <fmt/format.h>

#include "base/files.hpp"
#include "store/maildir.hpp"

namespace mailpipe::store {

namespace {

bool is_directory(const Fd& root, const std::string& name) {
    const auto st = status_at(root, name);
    return st && S_ISDIR(st->st_mode);
}

/// Calls `visit` with the name and the directory of each folder but INBOX.
Result<void> scan_folders(const Fd& root, const NameRules& rules,
                          const std::function<void(std::string name, std::string directory)>& visit) {
    return scan_directory(root, [&](const DirectoryEntry& entry) {
        if (!entry.name.starts_with('.') || (entry.type != DT_DIR && entry.type != DT_UNKNOWN)) return true;
        auto name = name_of(entry.name, rules);
        std::string directory{entry.name};
        if (name && (entry.type == DT_DIR || is_directory(root, directory)))
            visit(std::move(*name), std::move(directory));
        return true;
    });
}

/// Of two directories with one name: the one that the rules spell like that, else the first by octets.
bool is_better(const std::string& directory, const std::string& than, const std::string& spelled) {
    if (than.empty()) return true;
    return than != spelled && (directory == spelled || directory < than);
}

using Folders = std::map<std::string, Folder, std::less<>>;

/// Adds its parents, as far as they are missing.
void add_parents(Folders& folders, std::string_view name, const NameRules& rules) {
    for (auto parent = parent_of(name, rules); !parent.empty(); parent = parent_of(parent, rules)) {
        const auto [at, is_new] = folders.try_emplace(std::string{parent});
        if (!is_new && at->second.has_children) return;  // and then its own parents are there
        at->second.has_children = true;
    }
}

}  // namespace

Result<Tree> Tree::open(const std::string& path, NameRules rules) {
    const auto maildir = Maildir::open(path);
    if (!maildir) return failure(maildir.error());
    auto root = open_directory(path);
    if (!root) return failure(root.error());
    return Tree{path, std::move(*root), std::move(rules)};
}

Result<std::vector<Folder>> Tree::list() const {
    Folders folders;
    auto& inbox = folders["INBOX"];
    inbox.directory = ".";
    const auto scanned = scan_folders(root_, rules_, [&](std::string name, std::string directory) {
        const auto spelled = directory_of(name, rules_);
        auto& folder = folders[std::move(name)];
        if (is_better(directory, folder.directory, spelled)) folder.directory = std::move(directory);
    });
    if (!scanned) return failure(scanned.error());
    std::vector<std::string> names;
    for (const auto& [name, folder] : folders) names.push_back(name);
    for (const auto& name : names) add_parents(folders, name, rules_);

    std::vector<Folder> list{{"INBOX", ".", inbox.has_children}};
    for (auto& [name, folder] : folders) {
        if (&folder != &inbox) list.push_back({name, std::move(folder.directory), folder.has_children});
    }
    return list;
}

Result<std::string> Tree::find(std::string_view name) const {
    const auto spelled = directory_of(name, rules_);
    if (is_directory(root_, spelled)) return spelled;
    std::string found;
    const auto scanned = scan_folders(root_, rules_, [&](const std::string& other, std::string directory) {
        if (other == name && is_better(directory, found, spelled)) found = std::move(directory);
    });
    if (!scanned) return failure(scanned.error());
    if (found.empty()) return failure(system_error(ENOENT, fmt::format("find mailbox {}", name)));
    return found;
}

Result<Fd> Tree::open_folder(std::string_view name) const {
    const auto directory = find(name);
    if (!directory) return failure(directory.error());
    auto folder = open_directory_at(root_, *directory);
    if (!folder) return folder;
    if (auto r = make_parts(*folder); !r) return failure(r.error());
    return folder;
}

}  // namespace mailpipe::store
