// SPDX-License-Identifier: ISC
#include "store/index/index_directory.hpp"

#include <cstdio>
#include <vector>

#include "base/files.hpp"

namespace mailpipe::store {

namespace {

std::string path_of(const std::string& base, const std::string& directory) {
    return base + '/' + (directory == "." ? "INBOX" : directory);
}

}  // namespace

Result<Fd> open_index_directory(const std::string& base, const Fd& folder, const std::string& directory) {
    if (base.empty()) return open_directory_at(folder, ".");
    const auto path = path_of(base, directory);
    if (auto r = make_directories(path); !r) return failure(r.error());
    return open_directory(path);
}

void forget_index(const std::string& base, const std::string& directory) {
    if (base.empty()) return;
    const auto path = path_of(base, directory);
    const auto index = open_directory(path);
    if (!index) return;
    std::vector<std::string> names;
    (void)scan_directory(*index, [&](const DirectoryEntry& entry) {
        if (entry.name.starts_with("mailpipe-")) names.emplace_back(entry.name);
        return true;
    });
    for (const auto& name : names) (void)unlink_at(*index, name);
    (void)std::remove(path.c_str());
}

void move_index(const std::string& base, const std::string& from, const std::string& to) {
    if (base.empty()) return;
    forget_index(base, to);  // of a folder that was there once
    (void)std::rename(path_of(base, from).c_str(), path_of(base, to).c_str());
}

}  // namespace mailpipe::store
