// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include <boost/filesystem.hpp>

#include "base/files.hpp"
#include "store/maildir.hpp"
#include "support/directory.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;
using test::mode_of;
using test::names_in;

TEST_CASE("A Maildir is made when it is missing, for its owner only", "[store]") {
    const test::TempDir dir;
    const auto path = dir / "a/b/Maildir";
    const auto old = ::umask(0);
    REQUIRE(Maildir::open(path));
    ::umask(old);
    for (const auto* part : {"", "/cur", "/new", "/tmp"}) CHECK(mode_of(path + part) == 0700);
    REQUIRE(Maildir::open(path));
}

TEST_CASE("A message stands in new/ with its sizes, and nothing in tmp/", "[store]") {
    const test::TempDir dir;
    const auto maildir = Maildir::open(dir / "M").value();
    {
        auto delivery = maildir.begin("1.M2P3Q4.mx").value();
        REQUIRE(delivery.write("Subject: x\n"));
        REQUIRE(delivery.write("\nbody\n"));
        CHECK(names_in(dir / "M/new").empty());
        REQUIRE(maildir.place(delivery));
        CHECK(delivery.name() == "1.M2P3Q4.mx,S=17,W=20");
    }
    REQUIRE(maildir.sync());
    CHECK(names_in(dir / "M/tmp").empty());
    CHECK(names_in(dir / "M/new") == std::vector<std::string>{"1.M2P3Q4.mx,S=17,W=20"});
    CHECK(read_file(dir / "M/new/1.M2P3Q4.mx,S=17,W=20", 100).value() == "Subject: x\n\nbody\n");
    CHECK(mode_of(dir / "M/new/1.M2P3Q4.mx,S=17,W=20") == 0600);
    maildir.withdraw("1.M2P3Q4.mx,S=17,W=20");
    CHECK(names_in(dir / "M/new").empty());
}

TEST_CASE("A delivery that is given up leaves nothing", "[store]") {
    const test::TempDir dir;
    const auto maildir = Maildir::open(dir / "M").value();
    REQUIRE(maildir.begin("1.mx").value().write(std::string(200000, 'x')));
    CHECK(names_in(dir / "M/tmp").empty());
    CHECK(names_in(dir / "M/new").empty());
}

TEST_CASE("A name that is taken is not replaced", "[store]") {
    const test::TempDir dir;
    const auto maildir = Maildir::open(dir / "M").value();
    for (const bool first : {true, false}) {
        auto delivery = maildir.begin("1.mx").value();
        REQUIRE(delivery.write("x\n"));
        const auto placed = maildir.place(delivery);
        REQUIRE(placed.has_value() == first);
        if (!placed) CHECK(placed.error().number == EEXIST);
    }
}

TEST_CASE("A file from elsewhere is linked, not copied", "[store]") {
    const test::TempDir dir;
    const auto maildir = Maildir::open(dir / "M").value();
    std::ofstream(dir / "spooled") << "x\n";
    const auto file = open_read(dir / "spooled").value();
    REQUIRE(maildir.link(file, "1.mx,S=2,W=3"));
    REQUIRE(maildir.sync());
    CHECK(status(file)->st_nlink == 2);
    CHECK(maildir.link(file, "1.mx,S=2,W=3").error().number == EEXIST);
}

TEST_CASE("A folder is opened where it exists, and never through a link", "[store]") {
    const test::TempDir dir;
    const auto maildir = Maildir::open(dir / "M").value();
    CHECK(maildir.open_folder(".Lists").error().number == ENOENT);
    REQUIRE(Maildir::open(dir / "M/.Lists"));
    CHECK(maildir.open_folder(".Lists"));
    REQUIRE(Maildir::open(dir / "other"));
    REQUIRE(::symlink("../other", (dir / "M/.Link").c_str()) == 0);
    CHECK_FALSE(maildir.open_folder(".Link"));

    boost::filesystem::remove_all(dir / "M/.Lists/new");
    REQUIRE(::symlink("../../other/new", (dir / "M/.Lists/new").c_str()) == 0);
    CHECK_FALSE(maildir.open_folder(".Lists"));
}

TEST_CASE("A Maildir that was moved away is no longer current", "[store]") {
    const test::TempDir dir;
    const auto maildir = Maildir::open(dir / "M").value();
    CHECK(maildir.is_current());
    boost::filesystem::rename(dir / "M", dir / "N");
    CHECK_FALSE(maildir.is_current());
    REQUIRE(Maildir::open(dir / "M"));
    CHECK_FALSE(maildir.is_current());
}
