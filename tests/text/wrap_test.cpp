// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <ctime>
#include <string>

#include "text/wrap.hpp"

using namespace mailpipe::text;

TEST_CASE("Lines wider than the width are broken at blanks", "[text]") {
    struct Case { std::string_view text; std::size_t width; std::string_view wrapped; };
    const auto c = GENERATE(values<Case>({
        {"", 10, ""}, {"\n\n", 10, "\n\n"}, {"one", 10, "one\n"},
        {"one two three\n", 0, "one two three\n"},
        {"one two three\n", 13, "one two three\n"},
        {"one two three\n", 12, "one two\nthree\n"},
        {"one two three\n", 7, "one two\nthree\n"},
        {"one two three\n", 6, "one\ntwo\nthree\n"},
        {"one two three\n", 1, "one\ntwo\nthree\n"},
        {"short\nlines\nstay\n", 10, "short\nlines\nstay\n"},
        {"a  |  b\nc  |  d  \n", 9, "a  |  b\nc  |  d  \n"},          // tables too
        {"a  |  b  |  c\n", 10, "a  |  b  |\nc\n"},
        {"    one two three\n", 12, "    one two\nthree\n"},          // indentation
        {"see https://example.org/a/long/path now\n", 10, "see\nhttps://example.org/a/long/path\nnow\n"},
        {"    https://example.org/\n", 10, "    https://example.org/\n"},
        {"> one two three four\n", 10, "> one two\n> three\n> four\n"},
        {"> > one two three four\n", 12, "> > one two\n> > three\n> > four\n"},
        {">>one two three four\n", 10, ">>one two\n>>three\n>>four\n"},
        {">   one two three four\n", 12, ">   one two\n> three four\n"},
        {"> > > > one two\n", 10, "> > > >\none two\n"},              // too many marks
        {"one two >three four\n", 10, "one two\n>three\nfour\n"},
        {"one       two\n", 10, "one\ntwo\n"},
        {"one               \n", 10, "one\n"},
        {"             \nx", 10, "\nx\n"},
        {"one\ttwo\n", 11, "one\ttwo\n"}, {"one\ttwo\n", 10, "one\ntwo\n"},
        {"\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\n", 6, "\xc3\xa9\xc3\xa9\xc3\xa9 \xc3\xa9\xc3\xa9\n"},
        {"\xe4\xbd\xa0\xe5\xa5\xbd \xe4\xbd\xa0\n", 7, "\xe4\xbd\xa0\xe5\xa5\xbd \xe4\xbd\xa0\n"},
        {"\xe4\xbd\xa0\xe5\xa5\xbd \xe4\xbd\xa0\n", 6, "\xe4\xbd\xa0\xe5\xa5\xbd\n\xe4\xbd\xa0\n"},
    }));
    CAPTURE(c.text, c.width);
    CHECK(wrap(c.text, c.width) == c.wrapped);
    std::string wire;
    for (const char octet : c.text) wire.append(octet == '\n' ? "\r\n" : std::string(1, octet));
    CHECK(wrap(wire, c.width) == c.wrapped);
}

TEST_CASE("Long lines are wrapped in linear time", "[text]") {
    constexpr std::size_t million = 1'000'000;
    std::string words, marks;
    for (std::size_t n = 0; n < million / 4; ++n) words += "word ", marks += "> ";
    const auto begin = std::clock();
    for (const auto& text : {words, marks, marks + words, std::string(million, ' '), std::string(million, 'x')}) {
        CHECK(wrap(text, 72).size() <= 2 * text.size() + 2);
    }
    CHECK(std::clock() - begin < 60 * CLOCKS_PER_SEC);
}
