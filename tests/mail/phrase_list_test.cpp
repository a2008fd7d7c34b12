// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/phrase_list.hpp"

using namespace mailpipe::mail;

TEST_CASE("Phrases stand between commas", "[mail][rfc5322-3.6.5]") {
    using Phrases = std::vector<std::string>;
    struct Case { std::string_view value; Phrases phrases; };
    const auto c = GENERATE(values<Case>({
        {"", {}}, {" , ,", {}}, {"en, de (German),fr", {"en", "de", "fr"}}, {"two\r\n words,\tb", {"two words", "b"}},
        {"\"a, b\" c, d", {"a, b c", "d"}}, {"=?utf-8?q?a,_b?= =?utf-8?q?c?=", {"a, bc"}}, {"\"no end, b", {"no end, b"}},
        {"a (no end, b", {"a"}}, {"caf\xe9", {"caf\xc3\xa9"}},
    }));
    CAPTURE(c.value);
    CHECK(parse_phrase_list(c.value) == c.phrases);
}

TEST_CASE("Of phrases a thousand are read", "[mail]") {
    std::string value;
    for (std::size_t n = 0; n <= max_phrases; ++n) value += "a,";
    CHECK(parse_phrase_list(value).size() == max_phrases);
}
