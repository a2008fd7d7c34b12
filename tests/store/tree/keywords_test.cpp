// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cerrno>
#include <fstream>

#include "base/files.hpp"
#include "store/tree/courier_keywords.hpp"
#include "store/tree/keywords.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {
void put(const std::string& path, const std::string& text) { std::ofstream{path} << text; }
}  // namespace

TEST_CASE("dovecot-keywords gives each of 26 keywords its index", "[store][tree]") {
    const auto keywords = Keywords::parse("0 $Forwarded\n2 NonJunk\n25 last\n");
    CHECK(keywords.name(0) == "$Forwarded");
    CHECK(keywords.name(1).empty());
    CHECK(keywords.find("nonjunk") == 2u);
    CHECK_FALSE(keywords.find("other"));
    CHECK_FALSE(keywords.find(""));
    CHECK(keywords.to_text() == "0 $Forwarded\n2 NonJunk\n25 last\n");
}

TEST_CASE("Lines that break the rules are left out", "[store][tree]") {
    CHECK(Keywords::parse("26 a\n-1 b\nx c\n3\n4 \n5 two words\n6x d\n7 (\n8 caf\xc3\xa9\n\n9 \x01\n").empty());
    const auto keywords = Keywords::parse("1 a\n1 b\n2 A\n3 c");
    CHECK(keywords.to_text() == "1 a\n3 c\n");
    CHECK(Keywords::parse("1 " + std::string(255, 'k') + "\n2 " + std::string(256, 'k') + "\n").find(std::string(255, 'k')) == 1u);
}

TEST_CASE("A keyword keeps its first spelling, and the 27th has no place", "[store][tree]") {
    auto keywords = Keywords::parse("1 Work\n");
    CHECK(keywords.add("WORK") == 1u);
    CHECK(keywords.name(1) == "Work");
    CHECK(keywords.add("home") == 0u);
    for (int i = 2; i < 26; ++i) CHECK(keywords.add("k" + std::to_string(i)) == static_cast<unsigned>(i));
    CHECK(keywords.add("one more").error().number == EINVAL);
    CHECK(keywords.add("more").error().number == ENOSPC);
    CHECK(keywords.add("HOME") == 0u);
    for (const auto* word : {"", "a b", "a(", "a]", "a\\", "a\"", "a%", "a*", "a{", "\xc3\xa9"}) {
        CHECK(Keywords{}.add(word).error().number == EINVAL);
    }
}

TEST_CASE("The file is written with a time that grows", "[store][tree]") {
    const test::TempDir home;
    const auto folder = open_directory(home.path()).value();
    CHECK(read_keywords(folder).value().empty());
    Keywords keywords;
    REQUIRE(keywords.add("a"));
    std::int64_t last = 0;
    for (int i = 0; i < 3; ++i) {
        REQUIRE(write_keywords(folder, keywords));
        const auto now = status_at(folder, "dovecot-keywords")->st_mtime;
        CHECK(now > last);
        last = now;
    }
    CHECK(read_keywords(folder) == keywords);
}

TEST_CASE("Courier's keywords are its list, and later changes", "[store][tree]") {
    const test::TempDir home;
    const auto folder = open_directory(home.path()).value();
    CHECK(read_courier_keywords(folder).value().empty());
    REQUIRE(make_directories(home / "courierimapkeywords"));
    const auto path = home / "courierimapkeywords/";
    put(path + ":list", "Work\n" + std::string(300, 'x') + "\nHome\n\n1.mx:0 2\n2.mx:0 9 1 x\n3.mx:2\nbroken\n:0\n4.mx:\n");
    put(path + "2.mx", "Later\nHome\n");
    put(path + ".100.3.mx", "Old\n");
    put(path + ".99.3.mx", "Older\n");
    put(path + ".100.5.mx", "Five\n");
    put(path + "5.mx", "");
    put(path + ".x", "no change\n");
    CHECK(read_courier_keywords(folder).value() ==
          CourierKeywords{{"1.mx", {"Work", "Home"}}, {"2.mx", {"Later", "Home"}}, {"3.mx", {"Old"}}, {"4.mx", {}}, {"5.mx", {}}});
}

TEST_CASE("Courier's keywords become letters at the first visit, and only then", "[store][tree]") {
    const test::TempDir home;
    const auto folder = open_directory(home.path()).value();
    for (const auto* part : {"new", "cur", "courierimapkeywords"}) REQUIRE(make_directories(home / part));
    for (const auto* name : {"new/1.mx", "cur/2.mx:2,Sc", "cur/3.mx:2,a", "cur/4.mx:2,b", "new/5.mx"}) put(home / name, "a\n");
    const auto is_there = [&](const char* name) { return status_at(folder, name).has_value(); };
    put(home / "courierimapkeywords/:list", "Work\nHome\n\n1.mx:0\n2.mx:0 1\n3.mx:\n9.mx:0\n");
    put(home / "courierimapkeywords/5.mx", "");
    REQUIRE(adopt_courier_keywords(folder));
    CHECK(read_keywords(folder)->to_text() == "0 Work\n1 Home\n");
    for (const auto* name : {"cur/1.mx:2,a", "cur/2.mx:2,Sab", "cur/3.mx:2,", "cur/4.mx:2,b", "new/5.mx"}) {
        INFO(name);
        CHECK(is_there(name));
    }
    CHECK_FALSE(is_there("dovecot-uidlist.lock"));
    put(home / "courierimapkeywords/4.mx", "Late\n");
    REQUIRE(adopt_courier_keywords(folder));
    CHECK(is_there("cur/4.mx:2,b"));
}

TEST_CASE("A folder that was never Courier's is left alone", "[store][tree]") {
    const test::TempDir home;
    const auto folder = open_directory(home.path()).value();
    REQUIRE(adopt_courier_keywords(folder));
    CHECK_FALSE(status_at(folder, "dovecot-keywords"));
}

TEST_CASE("Of Courier's keywords twenty-six have room", "[store][tree]") {
    const test::TempDir home;
    const auto folder = open_directory(home.path()).value();
    for (const auto* part : {"new", "cur", "courierimapkeywords"}) REQUIRE(make_directories(home / part));
    put(home / "cur/1.mx:2,S", "a\n");
    std::string names;
    for (int i = 0; i < 30; ++i) names += "k" + std::to_string(i) + "\n";
    put(home / "courierimapkeywords/1.mx", names);
    REQUIRE(adopt_courier_keywords(folder));
    CHECK(status_at(folder, "cur/1.mx:2,Sabcdefghijklmnopqrstuvwxyz"));
    CHECK(read_keywords(folder)->name(25) == "k25");
}
