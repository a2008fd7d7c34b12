// SPDX-License-Identifier: ISC
// What stands in a directory.
#pragma once

#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "support/catch.hpp"

namespace mailpipe::test {

inline std::vector<std::string> names_in(const Fd& directory) {
    std::vector<std::string> names;
    REQUIRE(scan_directory(directory, [&](const DirectoryEntry& entry) { return names.emplace_back(entry.name), true; }));
    std::ranges::sort(names);
    return names;
}

inline std::vector<std::string> names_in(const std::string& path) { return names_in(open_directory(path).value()); }

inline mode_t mode_of(const std::string& path) {
    struct stat st {};
    REQUIRE(::stat(path.c_str(), &st) == 0);
    return st.st_mode & 07777;
}

}  // namespace mailpipe::test
