// SPDX-License-Identifier: ISC
#include "store/name_list.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using store::NameList;
using store::Place;

TEST_CASE("Names are found by their bases, and stay where they are, however many come", "[store]") {
    NameList list;
    const std::string longest(255, 'x');
    list.add(longest, Place::in_new);
    const auto first = list.name(0);
    for (int i = 0; i < 20'000; ++i) list.add(std::to_string(i) + ".a:2,S", Place::in_cur);
    CHECK(first == longest);
    CHECK(list.size() == 20'001);
    CHECK(list.find(longest) == 0);
    CHECK(list.find("19999.a") == 20'000);
    CHECK_FALSE(list.find("20000.a"));
    CHECK(list.base(20'000) == "19999.a");
    CHECK(list.name(20'000) == "19999.a:2,S");
    CHECK(list.doubles().empty());
}

TEST_CASE("A name takes the place of another one with its base, which is remembered", "[store]") {
    NameList list;
    list.add("1.a", Place::in_new);
    list.add("1.a", Place::in_new);  // seen twice
    CHECK(list.doubles().empty());
    list.add("1.a:2,S", Place::in_cur);
    REQUIRE(list.size() == 1);
    CHECK(list.name(0) == "1.a:2,S");
    CHECK(list.place(0) == Place::in_cur);
    REQUIRE(list.doubles().size() == 1);
    CHECK(list.doubles()[0].name == "1.a");
    CHECK(list.doubles()[0].place == Place::in_new);
}
