// SPDX-License-Identifier: ISC
#include "imap/grammar/sequence_set.hpp"

#include "support/catch.hpp"

using namespace mailpipe;

namespace {

std::string resolved(std::string_view text, std::uint32_t largest) {
    return to_string(imap::parse_sequence_set(text).value().resolved(largest));
}

}  // namespace

TEST_CASE("A sequence set is numbers and ranges, sorted and joined", "[imap][rfc9051-9]") {
    struct Case {
        std::string_view text;
        std::uint32_t largest;
        std::string_view set;
    };
    const auto c = GENERATE(values<Case>({
        {"1", 9, "1"},
        {"2,4:7,9", 9, "2,4:7,9"},
        {"9,1,2", 9, "1:2,9"},
        {"5:3", 9, "3:5"},
        {"1:5,2:3", 9, "1:5"},
        {"1:5,4:8", 9, "1:8"},
        {"*", 9, "9"},
        {"*:4", 9, "4:9"},
        {"7:*", 9, "7:9"},
        {"12:*", 9, "9"},  // the last one always belongs to it
        {"12:*,3", 9, "3,9"},
        {"1:10,*", 5, "1:10"},
        {"1:*", 0, ""},
        {"12:*,10:*,11", 9, "9,11"},
        {"4294967295", 9, "4294967295"},  // a number like others
        {"1:4294967295", 9, "1:4294967295"},
        {"4294967295:*", 9, "9"},
        {"4294967295,*", 4294967295, "4294967295"},
        {"4294967294", 9, "4294967294"},
    }));
    CAPTURE(c.text);
    CHECK(resolved(c.text, c.largest) == c.set);
}

TEST_CASE("A sequence set is written as it was read", "[imap][rfc9051-9]") {
    const auto text = GENERATE(values<std::string_view>({"1", "1:3,5", "*", "7:*", "1,7:*", "4294967295", "4294967295,*", "1:4294967295"}));
    CAPTURE(text);
    CHECK(to_string(imap::parse_sequence_set(text).value()) == text);
}

TEST_CASE("What is no sequence set is BAD", "[imap][rfc9051-9]") {
    const auto text = GENERATE(values<std::string_view>(
        {"", "0", "1,", ",1", "1:", ":1", "1:0", "a", "1 ", "1,,2", "1:2:3", "4294967296", "-1", "**", "*1"}));
    CAPTURE(text);
    REQUIRE_FALSE(imap::parse_sequence_set(text));
    CHECK(imap::parse_sequence_set(text).error().fault == Fault::permanent);
}

TEST_CASE("A sequence set has max_ranges ranges at most", "[imap]") {
    std::string text = "1";
    for (std::size_t i = 1; i < imap::max_ranges; ++i) text += "," + std::to_string(2 * i + 1);
    CHECK(imap::parse_sequence_set(text).value().ranges().size() == imap::max_ranges);
    CHECK_FALSE(imap::parse_sequence_set(text + ",7"));
}

TEST_CASE("Numbers can be added in any order", "[imap]") {
    imap::NumberSet set;
    for (const std::uint32_t number : {7U, 8U, 3U, 9U, 1U, 2U}) set.add(number);
    CHECK(to_string(set) == "1:3,7:9");
    CHECK(set.size() == 6);
    CHECK(set.contains(3));
    CHECK_FALSE(set.contains(4));
    CHECK_FALSE(set.contains(10));
}
