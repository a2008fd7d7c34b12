// SPDX-License-Identifier: ISC
#include "store/mbox.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace mailpipe::store;

namespace {

std::vector<std::string> texts(std::string_view mbox) {
    MboxReader reader{mbox};
    std::vector<std::string> all;
    while (const auto one = reader.next()) all.emplace_back(one->text);
    return all;
}

const std::string from = "From a@b.example Thu Jan  1 00:00:00 1970\n";

}  // namespace

TEST_CASE("a from line has a day, a month and a time, as its many writers put them", "[store][rfc4155]") {
    struct Case { std::string_view line; bool is; };
    const auto c = GENERATE(values<Case>({
        {"From ann@example.org Thu Jan  1 00:00:00 1970", true},
        {"From ann@example.org  Thu Jan  1 00:00:00 1970 -0500", true},
        {"From MAILER-DAEMON Fri Jul 8 12:08 2011", true},
        {"From - Thu, 1 Jan 1970 00:00:00 +0000", true},
        {"From \"a b\"@example.org Sat Jan 3 01:05:34 MET DST 1996", true},
        {"From host!ann Thu Jan 1 00:00:00 1970 remote from host", true},
        {"From 1589@xxx Mon May 11 10:11:12 +0000 2020", true},
        {"From  Thu Jan  1 00:00:00 1970", true},
        {"From the first of Jan on", false},
        {"From Monday to Friday at 10:00", false},
        {"From Thu on", false},
        {"From: ann@example.org Thu Jan  1 00:00:00 1970", false},
        {">From ann@example.org Thu Jan  1 00:00:00 1970", false},
        {"From ", false},
    }));
    CAPTURE(c.line);
    CHECK(is_from_line(c.line) == c.is);
}

TEST_CASE("an mbox is split before from lines that have a header behind them", "[store][rfc4155]") {
    struct Case { std::string mbox; std::vector<std::string> messages; };
    const auto c = GENERATE_REF(values<Case>({
        {from + "A: 1\n\nx\n\n" + from + "A: 2\n\ny\n\n", {"A: 1\n\nx\n", "A: 2\n\ny\n"}},
        {from + "A: 1\n\nx\n" + from + "A: 2\n\ny", {"A: 1\n\nx\n", "A: 2\n\ny"}},      // no empty line, no line end
        {from + "A: 1\r\n\r\nx\r\n\r\n" + from + "A: 2\r\n\r\n", {"A: 1\r\n\r\nx\r\n", "A: 2\r\n"}},
        {from + "A: 1\n\nx\n\n" + from + "\xc4: 2\n\n", {"A: 1\n\nx\n", "\xc4: 2\n"}},
        {from + "A: 1\n\nx\n\n" + from + "to be or not to be\n", {"A: 1\n\nx\n\n" + from + "to be or not to be\n"}},
        {from + "A: 1\n\nx\n\nFrom now on\nA: 2\n", {"A: 1\n\nx\n\nFrom now on\nA: 2\n"}},
        {from + ">From c@d Thu Jan  1 00:00:00 1970\nA: 1\n\nx\n", {">From c@d Thu Jan  1 00:00:00 1970\nA: 1\n\nx\n"}},
        {from + from + "A: 2\n\n", {"", "A: 2\n"}},                                       // a message of nothing
        {from, {""}},
    }));
    CAPTURE(c.mbox);
    REQUIRE(is_mbox(c.mbox));
    CHECK(texts(c.mbox) == c.messages);
}

TEST_CASE("Content-Length counts where the mbox ends there, or a from line comes next", "[store]") {
    const auto body = from + "A: 3\n\nz\n";
    const auto counted = "Content-Length: " + std::to_string(body.size()) + "\n\n" + body;
    CHECK(texts(from + counted + "\n" + from + "A: 2\n\ny\n") == std::vector<std::string>{counted, "A: 2\n\ny\n"});
    CHECK(texts(from + counted + from + "A: 2\n\ny\n") == std::vector<std::string>{counted, "A: 2\n\ny\n"});
    CHECK(texts(from + counted) == std::vector<std::string>{counted});
    CHECK(texts(from + counted + "more\n").size() == 2);                                     // it is wrong
    CHECK(texts(from + "Content-Length: 99999999999999999999\n\nx\n").size() == 1);
    CHECK(texts(from + "Content-Length: 1\n\nxx\n") == std::vector<std::string>{"Content-Length: 1\n\nxx\n"});
}

TEST_CASE("one '>' goes from each quoted from line", "[store]") {
    struct Case { std::string_view quoted, plain; };
    const auto c = GENERATE(values<Case>({
        {">From a\nx\n>>From b\n", "From a\nx\n>From b\n"},
        {"x >From a\n> From b\n>from c\n", "x >From a\n> From b\n>from c\n"},
        {">From ", "From "},
        {">>>>From >From \n", ">>>From >From \n"},
        {"", ""},
    }));
    CAPTURE(c.quoted);
    CHECK(without_quoted_from(c.quoted) == c.plain);
    CHECK(has_quoted_from(c.quoted) == (c.quoted != c.plain));
}
