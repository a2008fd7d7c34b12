// SPDX-License-Identifier: ISC
#include "store/tree/leftovers.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/files.hpp"
#include "base/number.hpp"
#include "store/guid.hpp"
#include "store/maildir_name.hpp"

namespace mailpipe::store {

namespace {

constexpr std::string_view new_prefix = "mailpipe-new.";
constexpr std::string_view removed_prefix = "mailpipe-removed.";
constexpr int rounds = 10;  // others deliver at the same time, but not for long: they have to open the folder anew

std::vector<std::string> names_in(const Fd& directory) {
    std::vector<std::string> names;
    (void)scan_directory(directory, [&](const DirectoryEntry& entry) { return names.emplace_back(entry.name), true; });
    return names;
}

/// Deletes one name. A directory is emptied first; directories in it are moved up beside it, so that nothing recurses.
void delete_entry(const Fd& directory, const std::string& name) {
    if (unlink_at(directory, name)) return;
    const auto inner = open_directory_at(directory, name);
    if (!inner) return;
    for (const auto& entry : names_in(*inner)) {
        if (!unlink_at(*inner, entry)) (void)rename_at(*inner, entry, directory, "mailpipe-" + random_guid());
    }
    (void)remove_directory_at(directory, name);
}

/// As long as it gets fewer: what can't be deleted stays.
void empty_directory(const Fd& directory) {
    for (auto names = names_in(directory); !names.empty();) {
        for (const auto& name : names) delete_entry(directory, name);
        auto left = names_in(directory);
        if (left == names) return;
        names = std::move(left);
    }
}

void delete_directory(const Fd& root, const std::string& name) {
    const auto directory = open_directory_at(root, name);
    if (!directory) return;
    empty_directory(*directory);
    (void)remove_directory_at(root, name);
}

/// "mailpipe-removed.<seconds>.<nanoseconds>.<random>", by the file system's clock.
std::optional<timespec> time_of(std::string_view name) {
    name.remove_prefix(removed_prefix.size());
    const auto seconds = take_number<std::int64_t>(name);
    if (!seconds || !name.starts_with('.')) return {};
    name.remove_prefix(1);
    const auto nanoseconds = take_number<std::int32_t>(name);
    if (!nanoseconds) return {};
    return timespec{*seconds, *nanoseconds};
}

/// Its change time is that of the link(2) which put it there.
bool is_late(const Fd& directory, const std::string& name, const timespec& removed) {
    const auto st = status_at(directory, name);
    if (!st || !is_message_name(name)) return false;
    return st->st_ctim.tv_sec != removed.tv_sec ? st->st_ctim.tv_sec > removed.tv_sec
                                                : st->st_ctim.tv_nsec >= removed.tv_nsec;
}

/// Moves what came late, deletes the rest. A message that comes between this and rmdir(2) keeps the directory; one that
/// comes later finds none and is refused.
Result<void> empty_new(const Fd& root, const Fd& folder, const timespec& removed) {
    const auto from = open_directory_at(folder, "new");
    if (!from) return {};
    const auto to = open_directory_at(root, "new");
    if (!to) return failure(to.error());
    for (int round = 0; round < rounds; ++round) {
        bool has_late = false;
        for (const auto& name : names_in(*from)) {
            if (is_late(*from, name, removed)) {
                if (auto r = rename_at(*from, name, *to, name); !r) return r;
                has_late = true;
            }
            delete_entry(*from, name);
        }
        if (has_late) {
            if (auto r = sync(*to); !r) return r;
        }
        if (remove_directory_at(folder, "new")) return {};
    }
    return failure({Fault::transient, "remove new: mail keeps coming"});
}

void delete_removed(const Fd& root, const std::string& name, const timespec& removed) {
    const auto folder = open_directory_at(root, name);
    if (folder && empty_new(root, *folder, removed)) delete_directory(root, name);
}

/// Now, by the clock that gives messages their times.
Result<timespec> file_system_now(const TreeLock& lock) {
    if (::futimens(lock.file().number(), nullptr) != 0) return failure(system_error(errno, "touch mailboxes.lock"));
    return status(lock.file()).map([](const struct stat& st) { return st.st_ctim; });
}

}  // namespace

std::string new_folder_name() { return std::string{new_prefix} + random_guid(); }

Result<void> remove_folder(const Fd& root, const std::string& directory, const TreeLock& lock) {
    const auto now = file_system_now(lock);
    if (!now) return failure(now.error());
    const auto name = fmt::format("{}{}.{}.{}", removed_prefix, now->tv_sec, now->tv_nsec, random_guid());
    if (auto r = rename_at(root, directory, root, name); !r) return r;
    if (auto r = sync(root); !r) {
        (void)rename_at(root, name, root, directory);
        return r;
    }
    delete_removed(root, name, *now);
    return {};
}

void sweep(const Fd& root) {
    std::vector<std::string> names;
    (void)scan_directory(root, [&](const DirectoryEntry& entry) {
        if (entry.name.starts_with(new_prefix) || entry.name.starts_with(removed_prefix))
            names.emplace_back(entry.name);
        return true;
    });
    for (const auto& name : names) {
        if (name.starts_with(new_prefix)) delete_directory(root, name);
        if (!name.starts_with(removed_prefix)) continue;
        if (const auto time = time_of(name)) delete_removed(root, name, *time);
    }
}

}  // namespace mailpipe::store
