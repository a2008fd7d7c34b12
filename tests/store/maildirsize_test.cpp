// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "base/files.hpp"
#include "store/maildir.hpp"
#include "store/maildirsize.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {

struct Mailbox : test::TempDir {
    Maildir maildir = Maildir::open(*this / "Maildir").value();
    std::string file = *this / "Maildir/maildirsize";

    std::string text() const {
        std::ostringstream out;
        out << std::ifstream(file).rdbuf();
        return out.str();
    }
    void put(const std::string& name, const std::string& content) const { std::ofstream(*this / name) << content; }
    void age(std::int64_t seconds) const { (void)set_modified(open_read(file).value(), ::time(nullptr) - seconds); }
};

}  // namespace

TEST_CASE("maildirsize is a quota and lines that are summed", "[store]") {
    const auto read = parse_maildirsize("10000000S,1000C\n  100   1\n-40 -1 \n5 2\n");
    REQUIRE(read);
    CHECK(read->quota == Quota{10000000, 1000});
    CHECK(read->used == Usage{65, 2});
    CHECK(read->lines == 3);
}

TEST_CASE("A maildirsize that can't be right is made anew", "[store]") {
    for (const std::string text : {"", "10S\n", "10S\n1 1", "10S\n1\n", "10S\nx y\n", "x\n1 1\n", "10S\n-1 0\n", "10S\n0 -1\n",
                                   "10S\n1 1 1\n", "10S\n9223372036854775807 1\n1 1\n"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_maildirsize(text));
    }
    std::string full = "10S\n0 0\n";
    full.insert(full.size() - 1, maildirsize_max_octets - 1 - full.size(), ' ');
    CHECK(parse_maildirsize(full));
    CHECK_FALSE(parse_maildirsize(full.insert(full.size() - 1, " ")));
}

TEST_CASE("Without maildirsize all folders are counted, by name where it tells the size", "[store]") {
    const Mailbox box;
    (void)make_directories(box / "Maildir/.Lists/cur");
    box.put("Maildir/new/1.mx", "12345");
    box.put("Maildir/cur/2.mx,S=1000:2,S", "not read");
    box.put("Maildir/.Lists/cur/3.mx:2,", "1234567");
    box.put("Maildir/.Lists/cur/.hidden", "1");
    box.put("Maildir/.file", "1");

    CHECK(has_room(box.maildir.root(), {2000, 0}, {988, 1}).value());
    CHECK(box.text() == "2000S\n1012 3\n");
    CHECK_FALSE(has_room(box.maildir.root(), {2000, 0}, {989, 1}).value());
    CHECK(has_room(box.maildir.root(), {0, 4}, {989, 1}).value());
    CHECK_FALSE(has_room(box.maildir.root(), {0, 3}, {1, 1}).value());
    CHECK(box.text() == "0S,3C\n1012 3\n");  // the quota has changed: counted anew
}

TEST_CASE("A FIFO in the place of maildirsize keeps nobody waiting", "[store]") {
    Mailbox box;
    REQUIRE(::mkfifo(box.file.c_str(), 0600) == 0);
    box.put("Maildir/cur/1.mx,S=12:2,S", "not read");
    CHECK(has_room(box.maildir.root(), {1000, 0}, {988, 1}).value());
    CHECK_FALSE(has_room(box.maildir.root(), {1000, 0}, {989, 1}).value());
}

TEST_CASE("A stranger learns of a full mailbox from maildirsize alone", "[store]") {
    struct Case { std::string text; std::int64_t age; std::optional<bool> full; };
    const auto c = GENERATE(values<Case>({
        {"0S,3C\n1012 3\n", 0, true}, {"0S,3C\n1012 3\n", 899, true}, {"0S,3C\n1012 2\n", 0, false},
        {"0S,3C\n1012 3\n", 902, {}}, {"0S,3C\n0 0\n1012 3\n", 0, {}},  // has to be counted anew
        {"0S,4C\n1012 4\n", 0, {}}, {"0S,3C\n1012\n", 0, {}}, {"", 0, {}},
    }));
    CAPTURE(c.text, c.age);
    const Mailbox box;
    for (const auto* name : {"1.mx", "2.mx", "3.mx"}) box.put(std::string{"Maildir/cur/"} + name, "12345");
    box.put("Maildir/maildirsize", c.text);
    box.age(c.age);
    CHECK(over_quota(box / "Maildir", {0, 3}, 1) == c.full);
    CHECK(box.text() == c.text);
}

TEST_CASE("Who asks for a stranger counts and makes nothing", "[store]") {
    const Mailbox box;
    box.put("Maildir/cur/1.mx", "12345");
    CHECK_FALSE(over_quota(box / "Maildir", {1, 0}, 1));
    CHECK_FALSE(over_quota(box / "Maildir", {}, 1));
    CHECK_FALSE(over_quota(box / "nosuch", {1, 1}, 1));
    CHECK_FALSE(status_at(box.maildir.root(), "maildirsize"));
    CHECK_FALSE(has_room(box.maildir.root(), {1, 0}, {1, 1}).value());
    CHECK(over_quota(box / "Maildir", {1, 0}, 1) == true);
}

TEST_CASE("The announced size has to fit to the last octet", "[store][rfc1870-6.1]") {
    const Mailbox box;
    box.put("Maildir/maildirsize", "100S\n40 1\n");
    CHECK(over_quota(box / "Maildir", {100, 0}, 60) == false);
    CHECK(over_quota(box / "Maildir", {100, 0}, 61) == true);
}

TEST_CASE("A quota may be as large as 64 bits allow", "[store]") {
    const Mailbox box;
    const auto limit = GENERATE(std::uint64_t{INT64_MAX}, std::uint64_t{1} << 63, UINT64_MAX);
    box.put("Maildir/cur/1.mx,S=1000", "");
    CHECK(has_room(box.maildir.root(), {limit, 0}, {1, 1}).value());
    CHECK(has_room(box.maildir.root(), {limit, limit}, {INT64_MAX - 1000, 1}).value());
    CHECK(has_room(box.maildir.root(), {limit, 0}, {INT64_MAX - 999, 1}).value() == (limit > INT64_MAX));
}

TEST_CASE("Sizes in names may be absurd, their sum is not", "[store]") {
    const Mailbox box;
    const std::string octets = GENERATE("9223372036854775807", "9223372036854775808", "18446744073709551615");
    box.put("Maildir/cur/1.mx,S=" + octets, "");
    box.put("Maildir/cur/2.mx,S=" + octets, "");
    CHECK_FALSE(has_room(box.maildir.root(), {1000, 0}, {1, 1}).value());
    CHECK(box.text() == "1000S\n9223372036854775807 2\n");
    record_usage(box.maildir.root(), {1, 1});
    CHECK_FALSE(has_room(box.maildir.root(), {1000, 0}, {1, 1}).value());
    CHECK(has_room(box.maildir.root(), {0, 3}, {1, 1}).value());
}

TEST_CASE("A change is one more line, and believed as long as there is room", "[store]") {
    const Mailbox box;
    record_usage(box.maildir.root(), {7, 1});
    CHECK(box.text().empty());  // nobody keeps it: nothing to add to
    CHECK(has_room(box.maildir.root(), {100, 0}, {1, 1}).value());
    record_usage(box.maildir.root(), {60, 1});
    CHECK(box.text() == "100S\n0 0\n60 1\n");
    CHECK(has_room(box.maildir.root(), {100, 0}, {40, 1}).value());
    CHECK(box.text() == "100S\n0 0\n60 1\n");
    CHECK(has_room(box.maildir.root(), {100, 0}, {41, 1}).value());  // a "no" of several lines is looked into
    CHECK(box.text() == "100S\n0 0\n");
}

TEST_CASE("A refusal of one line is believed for a quarter of an hour", "[store]") {
    const Mailbox box;
    box.put("Maildir/maildirsize", "100S\n100 1\n");
    CHECK_FALSE(has_room(box.maildir.root(), {100, 0}, {1, 1}).value());
    box.age(899);
    CHECK_FALSE(has_room(box.maildir.root(), {100, 0}, {1, 1}).value());
    box.age(902);
    CHECK(has_room(box.maildir.root(), {100, 0}, {1, 1}).value());
    CHECK(box.text() == "100S\n0 0\n");
}

TEST_CASE("A maildirsize that is a link is not followed", "[store]") {
    const Mailbox box;
    box.put("elsewhere", "100S\n0 0\n");
    REQUIRE(::symlink((box / "elsewhere").c_str(), box.file.c_str()) == 0);
    record_usage(box.maildir.root(), {60, 1});
    CHECK(std::ifstream(box / "elsewhere").seekg(0, std::ios::end).tellg() == 9);
}

TEST_CASE("GETQUOTA tells what maildirsize says, and counts where that is missing or wrong", "[store][rfc9208-4.2]") {
    const Mailbox box;
    box.put("Maildir/cur/2.mx,S=1000:2,S", "");
    const auto tells = [&](const Quota& quota, const Quota& limits, const Usage& used) {
        const auto use = quota_use(box.maildir.root(), quota);
        REQUIRE(use);
        CHECK(use->quota == limits);
        CHECK(use->used == used);
    };
    tells({}, {}, {1000, 1});
    CHECK(box.text().empty());  // nobody has set a quota: nothing to keep
    tells({5000, 0}, {5000, 0}, {1000, 1});
    CHECK(box.text() == "5000S\n1000 1\n");
    box.put("Maildir/maildirsize", "5000S\n2000 1\n");  // believed
    tells({5000, 0}, {5000, 0}, {2000, 1});
    tells({}, {5000, 0}, {2000, 1});
    tells({6000, 0}, {6000, 0}, {1000, 1});  // another quota: counted anew
    box.put("Maildir/maildirsize", "6000S\n5000 1\n3000 1\n");  // full, they say
    tells({6000, 0}, {6000, 0}, {1000, 1});
    box.put("Maildir/maildirsize", "broken");
    tells({6000, 0}, {6000, 0}, {1000, 1});
}
