// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <ctime>
#include <string>

#include "text/flowed.hpp"

using namespace mailpipe::text;

namespace {

std::string with_crlf(std::string_view text) {
    std::string wire;
    for (const char c : text) wire.append(c == '\n' ? "\r\n" : std::string(1, c));
    return wire;
}

}  // namespace

TEST_CASE("Lines that end in a blank flow on", "[text][rfc3676-4.1]") {
    struct Case { std::string_view text, unflowed; };
    const auto c = GENERATE(values<Case>({
        {"", ""}, {"\n", "\n"}, {"one", "one\n"},
        {"one \ntwo \nthree\nfour\n", "one two three\nfour\n"},
        {"one \n", "one \n"}, {"one ", "one \n"},
        {"one \n\ntwo\n", "one \n\ntwo\n"},             // an empty line stays
        {"one \n \ntwo\n", "one \n\ntwo\n"},            // stuffed
        {"> one \n> two\nthree\n", "> one two\nthree\n"},
        {"> one \n>> two \n> three\n", "> one \n>> two \n> three\n"},  // the depth counts
        {">>one \n>> two\n", ">> one two\n"},
        {"> > one\n", "> > one\n"},                     // depth 1, then text
        {">\n> \n", ">\n>\n"},
        {" > one\n", "> one\n"}, {"  one\n", " one\n"}, {" From me \n to you\n", "From me to you\n"},
        {"one \n-- \nJoe\n", "one \n-- \nJoe\n"},       // the signature's line
        {"> one \n> -- \n> Joe\n", "> one \n> -- \n> Joe\n"},
        {"-- \none\n", "-- \none\n"},
        {" -- \none\n", "-- \none\n"},
        {"--  \none\n", "--  one\n"},
    }));
    CAPTURE(c.text);
    CHECK(unflow(c.text, DelSp::no) == c.unflowed);
    CHECK(unflow(with_crlf(c.text), DelSp::no) == c.unflowed);
}

TEST_CASE("With DelSp the blank at the end of a line is no text", "[text][rfc3676-4.1]") {
    CHECK(unflow("\xe4\xbd\xa0 \n\xe5\xa5\xbd\n", DelSp::yes) == "\xe4\xbd\xa0\xe5\xa5\xbd\n");
    CHECK(unflow("one  \ntwo \n", DelSp::yes) == "one two\n");
    CHECK(unflow("-- \none\n", DelSp::yes) == "-- \none\n");
}

TEST_CASE("Long lines flow in linear time", "[text]") {
    constexpr std::size_t million = 1'000'000;
    std::string words, marks;
    for (std::size_t n = 0; n < million / 4; ++n) words += "word ", marks += "> ";
    const auto begin = std::clock();
    for (const auto& text : {words, marks, marks + words, std::string(million, ' '), std::string(million, 'x')}) {
        CHECK(unflow(text, DelSp::no).size() <= 2 * text.size() + 2);
    }
    CHECK(std::clock() - begin < 60 * CLOCKS_PER_SEC);
}
