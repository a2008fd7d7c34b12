// SPDX-License-Identifier: ISC
#include "imap/search/base_subject.hpp"

#include "support/catch.hpp"

using mailpipe::imap::base_subject;

TEST_CASE("artifacts go, what it is about stays", "[imap][rfc5256-2.1]") {
    struct Case { std::string_view subject, base; bool is_reply; };
    const auto c = GENERATE(values<Case>({
        {"", "", false},
        {"hello", "hello", false},
        {" a \t b\r\n  c ", "a b c", false},
        {"Re: hello", "hello", true},
        {"RE : re: rE:hello", "hello", true},
        {"Fw: Fwd: FWD: hello (fwd) (FWD)", "hello", true},
        {"hello(fwd)", "hello", true},
        {"(fwd)", "", true},
        {"Re:", "", true},
        {"[list] hello", "hello", false},
        {"[a] [b][c]hello", "hello", false},
        {"[a] Re: [b] hello", "hello", true},
        {"Re[2]: hello", "hello", true},
        {"re [x] : y", "y", true},
        {"Re[2] hello", "Re[2] hello", false},
        {"[a]", "[a]", false},
        {"[a] [b]", "[b]", false},
        {"Re: [a]", "[a]", true},
        {"[a] (fwd)", "[a]", true},
        {"[fwd: hello]", "hello", true},
        {"[Fwd: [a] Re: hello (fwd)] (fwd)", "hello", true},
        {"[fwd: [fwd: [fwd: x]]]", "x", true},
        {"[fwd: x] y", "y", false},  // a subj-blob
        {"[fwd:", "[fwd:", false},
        {"reading: matter", "reading: matter", false},
        {"fwdx: y", "fwdx: y", false},
        {"[un[closed] hello", "[un[closed] hello", false},
        {"AW: hello", "AW: hello", false},  // RFC 5256 section 7: no translations
    }));
    CAPTURE(c.subject);
    const auto got = base_subject(c.subject);
    CHECK(got.text == c.base);
    CHECK(got.is_reply == c.is_reply);
    CHECK(base_subject(got.text).text == c.base);
}

TEST_CASE("what is nested deep, or repeated, is read in one pass", "[imap][rfc5256-2.1]") {
    std::string nested, ends, replies, blobs;
    for (int i = 0; i < 100'000; ++i) {
        nested += "[fwd:";
        ends += ']';
        replies += "re:";
        blobs += "[x]";
    }
    CHECK(base_subject(nested + "x" + ends).text == "x");
    CHECK(base_subject(nested + ends).text.empty());
    CHECK(base_subject(replies + "x").text == "x");
    CHECK(base_subject(blobs + replies).text.empty());
    CHECK(base_subject(blobs).text == "[x]");
}
