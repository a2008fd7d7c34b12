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

constexpr auto with_and_without_a_name = {NewFile::create, NewFile::create_named};

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
