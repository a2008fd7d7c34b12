// SPDX-License-Identifier: ISC
#include "store/index/index_directory.hpp"

#include <filesystem>

#include "support/folder.hpp"

using namespace mailpipe;
using test::Folder;

namespace {

/// A message's index below `base`.
void make_index(const Folder& home, const std::string& base, const std::string& directory) {
    auto index = store::open_index_directory(base, home.directory(), directory);
    REQUIRE(index);
    auto folder = store::IndexedFolder::open({home.directory(), home.directory(), std::move(*index), "mx"}, system_clock());
    REQUIRE(folder);
    REQUIRE(folder->refresh(store::Access::select));
}

}  // namespace

TEST_CASE("An index that is not in its folder goes where the folder goes", "[store][index]") {
    const Folder home{1};
    const test::TempDir indexes;
    const auto base = indexes / "alice";
    const auto has = [&](const std::string& name) { return std::filesystem::exists(base + "/" + name + "/mailpipe-index"); };
    make_index(home, base, ".");
    make_index(home, base, ".Work");
    make_index(home, base, ".Old");
    CHECK_FALSE(home.has("mailpipe-index"));
    CHECK(has("INBOX"));
    store::move_index(base, ".Work", ".Old");
    CHECK_FALSE(std::filesystem::exists(base + "/.Work"));
    CHECK(has(".Old"));
    store::forget_index(base, ".Old");
    CHECK_FALSE(std::filesystem::exists(base + "/.Old"));
    CHECK(has("INBOX"));
    store::forget_index(base, ".Never");
}

TEST_CASE("An index in its folder is let alone", "[store][index]") {
    const Folder home{1};
    make_index(home, "", ".Work");
    store::forget_index("", ".Work");
    store::move_index("", ".Work", ".Old");
    CHECK(home.has("mailpipe-index"));
}
