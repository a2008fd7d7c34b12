// SPDX-License-Identifier: ISC
#include "text/substring.hpp"

#include <algorithm>
#include <random>

#include "support/catch.hpp"
#include "text/casemap.hpp"

using namespace mailpipe::text;

namespace {

bool in_pieces(std::string_view text, const Needle& needle, std::size_t octets) {
    Substring search{needle};
    for (; !text.empty(); text.remove_prefix(std::min(octets, text.size()))) search.add(text.substr(0, octets));
    return search.finish();
}

}  // namespace

TEST_CASE("a text has what it has in another case, and with marks that the needle lacks", "[text][rfc5051-2]") {
    struct Case { std::string_view text, needle; bool is_in; };
    const std::string filling(1000, '.');
    const auto c = GENERATE(values<Case>({
        {"", "", true}, {"x", "", true}, {"", "x", false}, {"x", "X", true}, {"abc", "abcd", false},
        {"Hello World", "lo w", true}, {"Hello World", "low", false}, {"[", "{", false}, {"@", "`", false},
        {"b\xc3\xa4r", "BA", true}, {"b\xc3\xa4r", "B\xc3\x84R", true}, {"bar", "b\xc3\xa4r", false},
        {"\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82", "\xd0\x9f\xd0\xa0\xd0\x98\xd0\x92\xd0\x95\xd0\xa2", true},
        {"caf\xe9!", "caf\xc3\xa9!", true},  // windows-1252
        {"\xe2\x82", "\xc3\xa2", true},      // cut off: not the euro
    }));
    CAPTURE(c.text, c.needle);
    const Needle needle{c.needle};
    CHECK(contains(c.text, needle) == c.is_in);
    for (const std::size_t octets : {1, 2, 3, 7}) CHECK(in_pieces(c.text, needle, octets) == c.is_in);
    for (const auto& longer : {filling + std::string{c.text}, std::string{c.text} + filling, filling + std::string{c.text} + filling}) {
        CHECK(contains(longer, needle) == c.is_in);
        CHECK(in_pieces(longer, needle, 333) == c.is_in);
    }
}

TEST_CASE("what is found is what is a part of the key, wherever pieces end", "[text][rfc5051-2]") {
    constexpr std::string_view letters[] = {"a", "B", "ab", "\xc3\xa4", "\xd0\xb1", "\xe2\x82\xac", "\xff", "aaaaaaaaaaaaaaaaaaaa", "\r\n"};
    std::mt19937 random{5051};
    const auto text_of = [&](std::size_t most) {
        std::string text;
        for (auto count = random() % most; count > 0; --count) text += letters[random() % std::size(letters)];
        return text;
    };
    for (int round = 0; round < 2000; ++round) {
        const auto text = text_of(round % 10 == 0 ? 2000 : 60);
        const Needle needle{text_of(5)};
        const bool expected = casemapped(text).find(needle.key()) != std::string::npos;
        CAPTURE(text, needle.key());
        REQUIRE(contains(text, needle) == expected);
        REQUIRE(in_pieces(text, needle, 1 + random() % 100) == expected);
    }
}

TEST_CASE("a needle that nearly fits everywhere does not cost its length at each place", "[text]") {
    const std::string text(2'000'000, 'a');
    const Needle needle{std::string(10'000, 'a') + 'b' + std::string(10'000, 'a')};
    const Needle middle{'a' + std::string(9'999, 'A') + "_" + std::string(10'000, 'a')};
    CHECK_FALSE(contains(text, needle));
    CHECK_FALSE(contains(text, middle));
    const std::string pairs = [] { std::string all; for (int i = 0; i < 500'000; ++i) all += "ab"; return all; }();
    CHECK_FALSE(contains(pairs, Needle{pairs.substr(0, 20'000) + "ba" + pairs.substr(0, 20'000)}));
    std::string marks;
    while (marks.size() < 1'000'000) marks += "\xc3\xa4";
    CHECK_FALSE(contains(marks, Needle{marks.substr(0, 100'000) + 'b'}));
    CHECK_FALSE(in_pieces(marks, Needle{marks.substr(0, 20'000) + 'b'}, 100));
    CHECK(in_pieces(marks + 'b', Needle{marks.substr(0, 20'000) + 'b'}, 100));
}
