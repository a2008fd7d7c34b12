// SPDX-License-Identifier: ISC
// A folder of a Maildir for the tests of one case, and sessions that have it open.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "store/index/file_name.hpp"
#include "store/index/indexed_folder.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

namespace mailpipe::test {

struct Folder {
    Folder() {
        for (const auto* part : {"/new", "/cur", "/tmp"}) REQUIRE(make_directories(home.path() + part));
    }
    /// With messages 1 to `last` in cur/, "1.a:2,LETTERS".
    explicit Folder(int last, const std::string& letters = "") : Folder() {
        for (int i = 1; i <= last; ++i) put("cur/" + std::to_string(i) + ".a:2," + letters);
    }

    void put(const std::string& name, const std::string& text = "a\n") const { std::ofstream{home / name, std::ios::binary} << text; }
    void rename(const std::string& from, const std::string& to) const { std::filesystem::rename(home / from, home / to); }
    void remove(const std::string& name) const { REQUIRE(std::filesystem::remove(home / name)); }
    bool has(const std::string& name) const { return std::filesystem::exists(home / name); }
    std::string read(const std::string& name) const { return read_file(home / name, 1 << 24).value_or("nothing"); }

    Fd directory() const { return open_directory(home.path()).value(); }
    store::IndexedFolder open() const {
        auto folder = store::IndexedFolder::open({directory(), directory(), directory(), "mx"}, system_clock());
        REQUIRE(folder);
        return std::move(*folder);
    }
    store::IndexedFolder refreshed(store::Access access = store::Access::select) const {
        auto folder = open();
        REQUIRE(folder.refresh(access));
        return folder;
    }

    TempDir home;
};

using Listing = std::vector<std::string>;

/// "1 base:2,S" for each message that is there, in the order of the index.
inline Listing listing(const store::IndexFile& index) {
    Listing list;
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (!index[i].is_expunged()) list.push_back(std::to_string(index[i].uid) + " " + store::file_name(index, index[i]));
    }
    return list;
}

}  // namespace mailpipe::test
