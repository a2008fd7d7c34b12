// SPDX-License-Identifier: ISC
// Tree's changes: each under Dovecot's lock, after what a crash has left is swept.
#include <cerrno>
#include <ranges>
#include <set>

#include <fmt/format.h>

#include "base/files.hpp"
#include "store/guid.hpp"
#include "store/maildir.hpp"
#include "store/tree/leftovers.hpp"
#include "store/tree/rename_inbox.hpp"
#include "store/tree/special_use.hpp"
#include "store/tree/tree.hpp"
#include "store/tree/tree_lock.hpp"
#include "store/uid_file.hpp"
#include "store/uid_validity.hpp"

namespace mailpipe::store {

namespace {

Result<TreeLock> lock_and_sweep(const Fd& root) {
    auto lock = TreeLock::take(root);
    if (lock) sweep(root);
    return lock;
}

tl::unexpected<Error> refused(int number, std::string_view verb, std::string_view name) {
    return failure(system_error(number, fmt::format("{} mailbox {}", verb, name)));
}

/// Everything that a new folder has, before anybody sees it.
Result<void> furnish(const Fd& root, const Fd& folder, const Clock& clock) {
    if (auto r = make_parts(folder); !r) return r;
    const auto mark = create_exclusive_at(folder, "maildirfolder");
    if (!mark) return failure(mark.error());
    UidMap map;
    map.set_uid_validity(next_uid_validity(root, clock));
    map.set_guid(random_guid());
    return replace_uid_map(folder, map.header_line(map.next_uid()));
}

Result<void> make_folder(const Fd& root, const std::string& directory, const Clock& clock) {
    const auto name = new_folder_name();
    if (auto r = make_directory_at(root, name); !r) return r;
    const auto folder = open_directory_at(root, name);
    if (!folder) return failure(folder.error());
    if (auto r = furnish(root, *folder, clock); !r) return r;
    if (auto r = rename_at(root, name, root, directory); !r) return r;
    auto synced = sync(root);
    if (!synced) (void)rename_at(root, directory, root, name);  // it was refused: it is not there
    return synced;
}

/// What is special about a folder follows it, as far as it can be written: the folder itself is where it should be.
template <typename Change>
void change_special_uses(const Tree& tree, Change change) {
    auto uses = read_special_uses(tree.root(), tree.rules());
    if (!uses) return;
    const auto before = uses->to_text();
    change(*uses);
    if (uses->to_text() != before) (void)write_special_uses(tree.root(), *uses);
}

/// All or none, as far as the file system lets us.
Result<void> move_all(const Fd& root, const std::vector<FolderMove>& moves) {
    std::size_t done = 0;
    Result<void> moved;
    while (moved && done < moves.size()) {
        moved = rename_at(root, moves[done].from, root, moves[done].to);
        if (moved) ++done;
    }
    if (moved) moved = sync(root);
    if (moved) return {};
    while (done > 0) {
        --done;
        (void)rename_at(root, moves[done].to, root, moves[done].from);
    }
    return moved;
}

}  // namespace

Result<void> Tree::must_be_free(std::string_view name) const {
    const auto found = find(name);
    if (found) return refused(EEXIST, "make", name);
    if (found.error().number != ENOENT) return failure(found.error());
    return {};
}

Result<void> Tree::create_unlocked(std::string_view name, const Clock& clock) const {
    if (auto r = must_be_free(name); !r) return r;
    auto made = make_folder(root_, directory_of(name, rules_), clock);
    if (!made) sweep(root_);
    return made;
}

Result<void> Tree::create(std::string_view name, const Clock& clock) const {
    const auto lock = lock_and_sweep(root_);
    if (!lock) return failure(lock.error());
    return create_unlocked(name, clock);
}

Result<void> Tree::remove(std::string_view name) const {
    if (is_inbox(name)) return refused(EINVAL, "delete", name);
    const auto lock = lock_and_sweep(root_);
    if (!lock) return failure(lock.error());
    const auto directory = find(name);
    if (!directory) return failure(directory.error());
    if (auto r = remove_folder(root_, *directory, *lock); !r) return r;
    change_special_uses(*this, [&](SpecialUses& uses) { uses.forget(name); });
    return {};
}

Result<std::vector<FolderMove>> Tree::rename(std::string_view from, std::string_view to, const Clock& clock) const {
    if (is_inbox(to)) return refused(EEXIST, "make", to);
    const auto lock = lock_and_sweep(root_);
    if (!lock) return failure(lock.error());
    if (is_inbox(from)) return rename_inbox(to, clock, *lock).map([] { return std::vector<FolderMove>{}; });
    if (is_below(to, from, rules_)) return refused(EINVAL, "make below itself", to);
    auto moves = rename_folders(from, to);
    if (moves) change_special_uses(*this, [&](SpecialUses& uses) { uses.rename(from, to); });
    return moves;
}

Result<void> Tree::rename_inbox(std::string_view to, const Clock& clock, const TreeLock& lock) const {
    if (auto r = create_unlocked(to, clock); !r) return r;
    const auto folder = open_folder(to);
    auto moved = folder ? move_inbox(root_, *folder) : failure(folder.error());
    if (moved) return {};
    // Only what is empty goes again: a message may not have found its way back.
    const bool is_empty = !folder || (remove_directory_at(*folder, "new") && remove_directory_at(*folder, "cur"));
    if (is_empty) (void)remove_folder(root_, directory_of(to, rules_), lock);
    return moved;
}

Result<std::vector<FolderMove>> Tree::rename_folders(std::string_view from, std::string_view to) const {
    const auto folders = list();
    if (!folders) return failure(folders.error());
    std::set<std::string_view> taken;
    for (const auto& folder : *folders) {
        if (folder.exists()) taken.insert(folder.name);
    }
    if (taken.contains(to)) return refused(EEXIST, "make", to);
    std::vector<FolderMove> moves;
    for (const auto& folder : *folders | std::views::reverse) {  // who is below another stands behind it
        if (!folder.exists() || (folder.name != from && !is_below(folder.name, from, rules_))) continue;
        const auto name = canonical_name(std::string{to} + folder.name.substr(from.size()), rules_);
        if (!name) return failure(name.error());
        if (taken.contains(*name)) return refused(EEXIST, "make", *name);
        moves.push_back({folder.directory, directory_of(*name, rules_)});
    }
    if (moves.empty()) return refused(ENOENT, "find", from);
    if (auto r = move_all(root_, moves); !r) return failure(r.error());
    return moves;
}

}  // namespace mailpipe::store
