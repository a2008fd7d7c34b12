// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "pop3/text.hpp"

using namespace mailpipe;
using namespace mailpipe::pop3;

TEST_CASE("Every text is there in every language, and English is ASCII", "[pop3][rfc6856-3.2]") {
    for (int i = 0; i <= static_cast<int>(Text::not_all_deleted); ++i) {
        const auto english = say(static_cast<Text>(i), Language::english);
        CAPTURE(english);
        CHECK(std::ranges::all_of(english, [](char c) { return c >= ' ' && c <= '~'; }));
        for (const auto language : {Language::english, Language::german, Language::french}) {
            const auto text = say(static_cast<Text>(i), language);
            CHECK_FALSE(text.empty());
            CHECK(text.front() != '[');  // that would be a response code: RFC 2449 section 8
            CHECK(std::ranges::none_of(text, is_control));
            CHECK(text.size() < 200);    // a reply has 512 octets at most: RFC 2449 section 4
        }
    }
}

TEST_CASE("A language range finds its language, or a wider one", "[pop3][rfc4647-3.4]") {
    CHECK(find_language("en") == Language::english);
    CHECK(find_language("DE") == Language::german);
    CHECK(find_language("de-AT") == Language::german);
    CHECK(find_language("fr-Latn-CA") == Language::french);
    const auto none = GENERATE("", "*", "e", "eng", "deutsch", "-", "uga", "x-de");
    CAPTURE(none);
    CHECK_FALSE(find_language(none));
}
