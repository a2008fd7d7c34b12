// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "store/uid_map.hpp"

using namespace mailpipe;
using store::UidMap;

namespace {
const std::string header = "3 V1449170000 N4 Gbc46c14ec7be5256c36c0000b1eafc0d\n";
}

TEST_CASE("A uidlist of version 3 is read with its keys", "[store]") {
    const auto map = UidMap::parse(header + "1 :1.M1P1.host,S=10,W=11\n2 W20 Pabc :2.M1P1.host\n9 P :3.M1P1.host\n");
    CHECK(map.uid_validity() == 1449170000);
    CHECK(map.guid() == "bc46c14ec7be5256c36c0000b1eafc0d");
    CHECK_FALSE(map.must_be_rewritten());
    REQUIRE(map.records().size() == 3);
    CHECK(map.records()[0].base == "1.M1P1.host,S=10,W=11");
    CHECK_FALSE(store::key_value(map.records()[0], 'W'));
    CHECK(store::key_value(map.records()[1], 'W') == "20");
    CHECK(store::key_value(map.records()[1], 'P') == "abc");
    CHECK(store::key_value(map.records()[2], 'P') == "");
    CHECK(map.next_uid() == 10);  // the header's is stale after appends
}

TEST_CASE("The header's next UID counts when it is the higher one", "[store]") {
    CHECK(UidMap::parse("3 V1 N70 Gbc46c14ec7be5256c36c0000b1eafc0d\n3 :a\n").next_uid() == 70);
}

TEST_CASE("A uidlist of version 1, and Courier's, is read and must be rewritten", "[store]") {
    const auto map = UidMap::parse("1 1100000000 5\n1 a.host\n3 b.host:2,S\n");
    CHECK(map.uid_validity() == 1100000000);
    CHECK(map.next_uid() == 5);
    CHECK(map.must_be_rewritten());
    REQUIRE(map.records().size() == 2);
    CHECK(map.records()[1].uid == 3);
    CHECK(map.records()[1].base == "b.host");
}

TEST_CASE("A header that breaks the rules is no map", "[store]") {
    const auto text = GENERATE(values<std::string>({
        "", "3 V0 N1 Gbc46c14ec7be5256c36c0000b1eafc0d\n", "3 V1\n", "3 N1\n", "2 V1 N1\n", "3 V1 N0\n", "3 Vx N1\n",
        "3 V4294967296 N1\n", "1 5\n", "1 0 5\n", "garbage\n", std::string(4, '\0') + "\n",
    }));
    CAPTURE(text);
    const auto map = UidMap::parse(text + (text.empty() ? "" : "1 :a\n"));
    CHECK(map.uid_validity() == 0);
    CHECK(map.records().empty());
}

TEST_CASE("A line that breaks the rules is left out, and its UID is not given out again", "[store]") {
    const auto line = GENERATE(values<std::string>({
        "x :b", "0 :b", "1 :b", "5", "5 ", "5 W12", "5:b", "5 :", "5 :a/b", "-5 :b", "4294967295 :b", "4294967296 :b", "",
    }));
    CAPTURE(line);
    const auto map = UidMap::parse(header + "1 :a\n" + line + "\n7 :c\n");
    CHECK(map.records().size() == 2);
    CHECK(map.must_be_rewritten());
    CHECK(map.next_uid() >= 8);
    CHECK(UidMap::parse(header + "4 :a\n" + line + "\n").next_uid() == 6);
}

TEST_CASE("A last line without its end is somebody's unfinished write", "[store]") {
    const auto map = UidMap::parse(header + "1 :a\n2 :b");
    CHECK(map.records().size() == 1);
    CHECK(map.must_be_rewritten());
    CHECK(map.next_uid() == 4);
}

TEST_CASE("What is written is read again, with keys that we don't know", "[store]") {
    const auto map = UidMap::parse("3 V7 N4 Xkeep Gbc46c14ec7be5256c36c0000b1eafc0d Yalso\n2 Zz W9 :a,S=1\n");
    std::string text = map.header_line(9);
    CHECK(text == "3 V7 N9 Gbc46c14ec7be5256c36c0000b1eafc0d Xkeep Yalso\n");
    for (const auto& record : map.records()) store::append_record(text, record);
    CHECK(text.ends_with("\n2 Zz W9 :a,S=1\n"));
    CHECK(UidMap::parse(text).next_uid() == 9);
}
