// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <boost/filesystem.hpp>

#include "mta/local/maildir_cache.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;

TEST_CASE("A Maildir stays open, until it is replaced", "[mta]") {
    const test::TempDir dir;
    MaildirCache cache;
    const auto first = cache.open(dir / "M", {}).value();
    CHECK(cache.open(dir / "M", {}).value() == first);
    boost::filesystem::rename(dir / "M", dir / "N");
    const auto second = cache.open(dir / "M", {}).value();
    CHECK(second != first);
    CHECK(cache.size() == 1);
    cache.forget(*first);  // no longer in it
    CHECK(cache.size() == 1);
    cache.forget(*second);
    CHECK(cache.size() == 0);
}

TEST_CASE("A folder that does not exist is the inbox", "[mta]") {
    const test::TempDir dir;
    MaildirCache cache;
    const auto inbox = cache.open(dir / "M", {".Lists"}).value();
    CHECK(inbox->path() == dir / "M");
    REQUIRE(store::Maildir::open(dir / "M/.Lists"));
    const auto folder = cache.open(dir / "M", {".no", ".Lists"}).value();
    CHECK(folder->path() == dir / "M/.Lists");
    CHECK(cache.open(dir / "M", {".no", ".Lists"}).value() == folder);
    CHECK(cache.open(dir / "M", {}).value() == inbox);
}

TEST_CASE("The Maildir that was used longest ago is closed", "[mta]") {
    const test::TempDir dir;
    MaildirCache cache;
    const auto path = [&](std::size_t i) { return dir / std::to_string(i); };
    const auto first = cache.open(path(0), {}).value();
    const auto second = cache.open(path(1), {}).value();
    for (std::size_t i = 2; i < MaildirCache::max_maildirs; ++i) REQUIRE(cache.open(path(i), {}));
    CHECK(cache.open(path(0), {}).value() == first);
    REQUIRE(cache.open(path(MaildirCache::max_maildirs), {}));
    CHECK(cache.size() == MaildirCache::max_maildirs);
    CHECK(cache.open(path(0), {}).value() == first);
    CHECK(cache.open(path(1), {}).value() != second);
}

TEST_CASE("A tag names a folder in the Maildir and nothing else", "[mta]") {
    using Names = std::vector<std::string>;
    CHECK(folder_directories("Lists") == Names{".Lists"});
    CHECK(folder_directories("lists.debian") == Names{".lists.debian"});
    CHECK(folder_directories("Entwürfe") == Names{".Entwürfe", ".Entw&APw-rfe"});
    CHECK(folder_directories("R&D") == Names{".R&D", ".R&-D"});
    CHECK(folder_directories("\xff") == Names{".\xff"});
    for (const auto* tag : {"", ".", "..", ".a", "a.", "a..b", "../x", "a/b", "/", "a\nb"}) {
        CAPTURE(tag);
        CHECK(folder_directories(tag).empty());
    }
    CHECK(folder_directories(std::string(200, 'x')).size() == 1);
    CHECK(folder_directories(std::string(201, 'x')).empty());
    CHECK(folder_directories({"a\0b", 3}).empty());
}
