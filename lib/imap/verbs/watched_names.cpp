// SPDX-License-Identifier: ISC
#include "imap/verbs/watched_names.hpp"

#include <algorithm>
#include <iterator>

#include "base/files.hpp"

namespace mailpipe::imap {

namespace {

bool concerns(std::string_view name, std::string_view changed, const store::NameRules& rules) {
    return name == changed || store::is_below(name, changed, rules) || store::is_below(changed, name, rules);
}

/// It has its parent's new name, and was renamed in nothing else.
bool goes_with_parent(std::string_view from, std::string_view to, const WatchedNames::Changes& changes, const store::NameRules& rules) {
    const auto old_parent = store::parent_of(from, rules);
    const auto new_parent = store::parent_of(to, rules);
    const auto parent = changes.renamed.find(old_parent);
    return parent != changes.renamed.end() && parent->second.to == new_parent && from.substr(old_parent.size()) == to.substr(new_parent.size());
}

}  // namespace

Result<WatchedNames> WatchedNames::read(const store::Tree& tree) {
    auto names = read_names(tree);
    if (!names) return failure(names.error());
    WatchedNames watched{std::move(*names)};
    watched.known_ = watched.folders_now(tree);
    watched.subscribed_ = watched.names_.subscribed;
    return watched;
}

WatchedNames::Folders WatchedNames::folders_now(const store::Tree& tree) const {
    Folders folders;
    for (const auto& folder : names_.folders) {
        if (!folder.exists()) continue;
        auto& identity = folders[folder.name];
        if (const auto known = known_.find(folder.name); known != known_.end()) {
            identity = known->second;
        } else if (const auto file = status_at(tree.root(), folder.directory + "/maildirfolder")) {
            identity = {file->st_ino, file->st_mtim.tv_sec, file->st_mtim.tv_nsec};
        }
    }
    return folders;
}

Result<WatchedNames::Changes> WatchedNames::look(const store::Tree& tree) {
    auto names = read_names(tree);
    if (!names) return failure(names.error());
    names_ = std::move(*names);
    auto now = folders_now(tree);
    std::map<Identity, std::string> gone;
    Changes changes;
    const auto affect = [&](const std::string& name) {
        changes.affected.insert(name);
        const auto parent = store::parent_of(name, tree.rules());
        if (!parent.empty()) changes.affected.emplace(parent);
    };
    for (const auto& [name, identity] : known_) {
        if (!now.contains(name) && identity.inode != 0) gone.emplace(identity, name);
    }
    for (const auto& [name, identity] : now) {
        if (known_.contains(name)) continue;
        if (const auto from = gone.find(identity); from != gone.end()) changes.renamed[from->second] = {name};
        else affect(name);
    }
    for (const auto& [name, identity] : known_) {
        if (!now.contains(name) && !changes.renamed.contains(name)) affect(name);
    }
    for (auto& [from, rename] : changes.renamed) rename.goes_with_parent = goes_with_parent(from, rename.to, changes, tree.rules());
    std::ranges::set_symmetric_difference(subscribed_, names_.subscribed, std::back_inserter(changes.subscribed));
    known_ = std::move(now);
    subscribed_ = names_.subscribed;
    return changes;
}

void WatchedNames::learn(const store::Tree& tree, std::string_view name) {
    auto names = read_names(tree);
    if (!names) return;
    names_ = std::move(*names);
    const auto now = folders_now(tree);
    std::erase_if(known_, [&](const auto& folder) { return concerns(folder.first, name, tree.rules()); });
    for (const auto& folder : now) {
        if (concerns(folder.first, name, tree.rules())) known_.insert(folder);
    }
    if (names_.subscribed.contains(name)) subscribed_.emplace(name);
    else if (const auto at = subscribed_.find(name); at != subscribed_.end()) subscribed_.erase(at);
}

}  // namespace mailpipe::imap
