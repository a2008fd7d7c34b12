// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cerrno>

#include "base/files.hpp"
#include "base/new_file.hpp"
#include "support/directory.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using mailpipe::test::TempDir;

namespace {

constexpr mode_t own = 0600;
constexpr auto unnamed = [](const Fd& tmp, const char* name) { return NewFile::create(tmp, name, own); };
constexpr auto named = [](const Fd& tmp, const char* name) { return NewFile::create_named(tmp, name, own); };
using Create = Result<NewFile> (*)(const Fd& tmp, const char* name);
constexpr std::initializer_list<Create> with_and_without_a_name = {unnamed, named};

}  // namespace

TEST_CASE("A new file is seen when it is published, and whole", "[base]") {
    const auto create = GENERATE(values(with_and_without_a_name));
    const auto size = GENERATE(std::size_t{0}, 1, 64 * 1024, 64 * 1024 + 1, 300'000);
    const TempDir dir;
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    auto file = create(*root, "fallback");
    REQUIRE(file);
    const std::string text(size, 'x');
    REQUIRE(file->write("head\n"));
    REQUIRE(file->write(text));
    REQUIRE(file->write("tail\n"));
    CHECK(file->size() == size + 10);
    REQUIRE(file->publish(*root, "name"));
    CHECK(read_file(dir / "name", 400'000).value() == "head\n" + text + "tail\n");
    file = failure({Fault::transient, "gone"});
    CHECK(test::names_in(*root) == std::vector<std::string>{"name"});
}

TEST_CASE("A new file without any sync has its name and its mode", "[base]") {
    const auto create = GENERATE(values({NewFile::create, NewFile::create_named}));
    const TempDir dir;
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    const auto mask = ::umask(022);
    auto file = create(*root, "fallback", 0666);
    ::umask(mask);
    REQUIRE(file);
    REQUIRE(file->write("text"));
    REQUIRE(file->link_unsynced(*root, "name"));
    const auto again = file->link_unsynced(*root, "name");
    REQUIRE_FALSE(again);
    CHECK(again.error().number == EEXIST);
    CHECK(read_file(dir / "name", 10).value() == "text");
    CHECK((status(file->file())->st_mode & 0777) == 0644);
}

TEST_CASE("A new file that is not published leaves nothing", "[base]") {
    const auto create = GENERATE(values(with_and_without_a_name));
    const TempDir dir;
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    {
        auto file = create(*root, "fallback");
        REQUIRE(file);
        REQUIRE(file->write("text"));
        const auto moved = std::move(*file);
    }
    CHECK(test::names_in(*root).empty());
}

TEST_CASE("A new file never replaces another", "[base]") {
    const auto create = GENERATE(values(with_and_without_a_name));
    const TempDir dir;
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    REQUIRE(create_exclusive_at(*root, "name"));
    auto file = create(*root, "fallback");
    REQUIRE(file);
    const auto published = file->publish(*root, "name");
    REQUIRE_FALSE(published);
    CHECK(published.error().number == EEXIST);
    CHECK(read_file(dir / "name", 10).value().empty());
}
