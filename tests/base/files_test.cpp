// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "base/files.hpp"
#include "support/directory.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using mailpipe::test::TempDir;
using mailpipe::test::mode_of;

namespace {

/// A umask for as long as the object lives.
class Umask {
public:
    explicit Umask(mode_t mask) : before_(::umask(mask)) {}
    ~Umask() { ::umask(before_); }

private:
    mode_t before_;
};

void put(const std::string& path, std::string_view text) {
    const Fd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    REQUIRE(write_all(file, text));
}

}  // namespace

TEST_CASE("Directories are made with their parents, with the mode whatever the umask", "[base]") {
    const TempDir dir;
    const Umask umask{0077};
    REQUIRE(make_directories(dir / "a/b/c", 0755));
    for (const auto* made : {"a", "a/b", "a/b/c"}) CHECK(mode_of(dir / made) == 0755);
    REQUIRE(make_directories(dir / "d/"));
    CHECK(mode_of(dir / "d") == 0700);
}

TEST_CASE("A directory that is there keeps its mode; another kind of file is an error", "[base]") {
    const TempDir dir;
    REQUIRE(make_directories(dir / "a", 0750));
    REQUIRE(make_directories(dir / "a", 0700));
    CHECK(mode_of(dir / "a") == 0750);

    put(dir / "file", "");
    const auto made = make_directories(dir / "file");
    REQUIRE_FALSE(made);
    CHECK(made.error().number == ENOTDIR);
    CHECK_FALSE(make_directories(dir / "file/below"));
}

TEST_CASE("A new file is nobody else's and never an old one", "[base]") {
    const TempDir dir;
    const Umask umask{0};
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    REQUIRE(create_exclusive_at(*root, "new"));
    CHECK(mode_of(dir / "new") == 0600);

    const auto again = create_exclusive_at(*root, "new");
    REQUIRE_FALSE(again);
    CHECK(again.error().number == EEXIST);

    REQUIRE(::symlink("elsewhere", (dir / "link").c_str()) == 0);
    CHECK_FALSE(create_exclusive_at(*root, "link"));
    CHECK_FALSE(open_read_at(*root, "link"));
    CHECK(::access((dir / "elsewhere").c_str(), F_OK) != 0);
}

TEST_CASE("rename_new_at replaces no other file", "[base]") {
    const TempDir dir;
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    put(dir / "one", "1");
    put(dir / "two", "2");
    const auto refused = rename_new_at(*root, "one", *root, "two");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().number == EEXIST);
    CHECK(read_file(dir / "two", 9).value() == "2");
    CHECK(rename_new_at(*root, "one", *root, "one"));
    CHECK(rename_new_at(*root, "one", *root, "three"));
    CHECK(read_file(dir / "three", 9).value() == "1");
    CHECK(rename_new_at(*root, "one", *root, "four").error().number == ENOENT);
}

TEST_CASE("link_at and rename_at do what link(2) and rename(2) do", "[base]") {
    const TempDir dir;
    put(dir / "one", "1");
    put(dir / "two", "2");
    const auto root = open_directory(dir.path());
    REQUIRE(root);
    const auto taken = link_at(*root, "one", *root, "two");
    REQUIRE_FALSE(taken);
    CHECK(taken.error().number == EEXIST);
    REQUIRE(link_at(*root, "one", *root, "three"));
    REQUIRE(rename_at(*root, "one", *root, "two"));
    CHECK(read_file(dir / "two", 10).value() == "1");
    CHECK(status_at(*root, "three")->st_nlink == 2);
    REQUIRE(unlink_at(*root, "three"));
    CHECK(unlink_at(*root, "three").error().number == ENOENT);
}

TEST_CASE("A file is read whole, or not at all beyond the limit", "[base]") {
    const TempDir dir;
    put(dir / "ten", "0123456789");
    CHECK(read_file(dir / "ten", 10).value() == "0123456789");
    const auto more = read_file(dir / "ten", 9);
    REQUIRE_FALSE(more);
    CHECK(more.error().fault == Fault::permanent);
    CHECK(more.error().what == (dir / "ten") + ": more than 9 octets");

    put(dir / "empty", "");
    CHECK(read_file(dir / "empty", 0).value().empty());
    CHECK(read_file(dir / "nothing", 10).error().number == ENOENT);
}

TEST_CASE("A file far beyond the limit costs no memory", "[base]") {
    const TempDir dir;
    put(dir / "huge", "");
    REQUIRE(::truncate((dir / "huge").c_str(), off_t{1} << 42) == 0);  // sparse
    CHECK_FALSE(read_file(dir / "huge", 100));
}

TEST_CASE("What is no regular file is read to its end, too", "[base]") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd reader{ends[0]};
    {
        const Fd writer{ends[1]};
        REQUIRE(write_all(writer, std::string(20'000, 'x')));
    }
    CHECK(read_all(reader, 20'000).value() == std::string(20'000, 'x'));
}

TEST_CASE("A scan sees every entry but . and .., and stops when told", "[base]") {
    const TempDir dir;
    std::set<std::string> names;
    for (int i = 0; i < 3000; ++i) names.insert("file-with-a-name-of-some-length-" + std::to_string(i));
    for (const auto& name : names) put(dir / name, "");
    REQUIRE(make_directories(dir / "sub"));
    const auto root = open_directory(dir.path());
    REQUIRE(root);

    for (int round = 0; round < 2; ++round) {  // the second one begins at the beginning again
        std::set<std::string> seen;
        REQUIRE(scan_directory(*root, [&](const DirectoryEntry& entry) {
            if (entry.type == DT_DIR) {
                CHECK(entry.name == "sub");
            } else {
                seen.emplace(entry.name);
            }
            return true;
        }));
        CHECK(seen == names);
    }
    int calls = 0;
    REQUIRE(scan_directory(*root, [&](const DirectoryEntry&) { return ++calls < 5; }));
    CHECK(calls == 5);
}

TEST_CASE("set_modified sets the time of change and leaves the time of access", "[base]") {
    const TempDir dir;
    put(dir / "file", "");
    const Fd file{::open((dir / "file").c_str(), O_RDWR | O_CLOEXEC)};
    const auto before = status(file);
    REQUIRE(set_modified(file, 1234567890));
    const auto after = status(file);
    CHECK(after->st_mtim.tv_sec == 1234567890);
    CHECK(after->st_atim.tv_sec == before->st_atim.tv_sec);
}

TEST_CASE("Errors of writing and syncing are told", "[base]") {
    const Fd full{::open("/dev/full", O_WRONLY | O_CLOEXEC)};
    REQUIRE(full);
    const auto written = write_all(full, "x");
    REQUIRE_FALSE(written);
    CHECK(written.error().number == ENOSPC);
    CHECK(written.error().fault == Fault::transient);

    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const Fd reader{ends[0]}, writer{ends[1]};
    CHECK_FALSE(sync(writer));

    Fd closed{::dup(writer.number())};
    REQUIRE(::close(closed.number()) == 0);
    CHECK(closed.close().error().number == EBADF);
}

TEST_CASE("A descriptor has one owner", "[base]") {
    Fd first{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const int number = first.number();
    Fd second{std::move(first)};
    CHECK_FALSE(first);
    CHECK(second.number() == number);

    Fd third{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const int replaced = third.number();
    third = std::move(second);
    CHECK(third.number() == number);
    CHECK(::fcntl(replaced, F_GETFD) == -1);
    CHECK(::close(third.release()) == 0);
    CHECK_FALSE(third);
}
