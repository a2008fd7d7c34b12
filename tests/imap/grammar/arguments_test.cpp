// SPDX-License-Identifier: ISC
#include "imap/grammar/arguments.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::Arguments;
using imap::Utf8;

TEST_CASE("The first error is the one that is told", "[imap]") {
    Arguments in{"FETCH", "1 x", Utf8::off};
    in.messages();
    in.space();
    in.number();
    in.fail("later");
    CHECK(in.failed());
    CHECK(in.at_end());
    CHECK(in.astring().empty());
    CHECK(in.word().empty());
    CHECK_FALSE(in.take('x'));
    CHECK_FALSE(in.take_word("x"));
    CHECK(in.finish(1).error().what == "FETCH: a number expected, not 'x'");
}

TEST_CASE("An error shows 40 printable characters of what came", "[imap]") {
    const auto text = "(\xc3\xa4\x01\r\n" + std::string(100, 'x');
    Arguments in{"LIST", text, Utf8::off};
    in.astring();
    CHECK(in.finish(1).error().what == "LIST: a string or atom expected, not '(?????" + std::string(34, 'x') + "'");
    Arguments empty{"LIST", "", Utf8::off};
    empty.space();
    CHECK(empty.finish(1).error().what == "LIST: a blank expected, not nothing");
}

TEST_CASE("Blanks may stand behind the last argument, and nothing else", "[imap]") {
    Arguments blanks{"NOOP", "  ", Utf8::off};
    CHECK(blanks.finish(1).value() == 1);
    Arguments more{"NOOP", " x", Utf8::off};
    CHECK(more.finish(1).error().what == "NOOP: too much: 'x'");
}

TEST_CASE("A word ends where its letters do", "[imap]") {
    Arguments in{"X", "CHARSETS charset x", Utf8::off};
    CHECK_FALSE(in.take_word("CHARSET"));
    CHECK(in.word() == "CHARSETS");
    in.space();
    CHECK(in.take_word("CHARSET"));
    CHECK(in.rest() == " x");
}

TEST_CASE("A list has items between single blanks", "[imap]") {
    struct Case { std::string_view text; bool is_list, may_be_empty; };
    const auto c = GENERATE(values<Case>({
        {"(a)", true, true}, {"(a b)", true, true}, {"()", false, true}, {"", false, false}, {"(", false, false}, {"(a", false, false},
        {"(a )", false, false}, {"( a)", false, false}, {"(a  b)", false, false}, {"a", false, false}, {"(a b))", false, false},
    }));
    CAPTURE(c.text);
    Arguments in{"X", c.text, Utf8::off};
    in.list([&] { in.atom(); });
    CHECK(in.finish(1).has_value() == c.is_list);
    Arguments other{"X", c.text, Utf8::off};
    other.list_or_empty([&] { other.atom(); });
    CHECK(other.finish(1).has_value() == c.may_be_empty);
}

TEST_CASE("$ is what the last SEARCH saved", "[imap][rfc5182-2.1]") {
    Arguments in{"X", "$", Utf8::off};
    CHECK(in.messages() == imap::MessageSet{true, {}});
    Arguments set{"X", "1:3,*", Utf8::off};
    CHECK(set.messages().numbers.contains(2));
    Arguments both{"X", "$,1", Utf8::off};
    both.messages();
    CHECK_FALSE(both.finish(1));
}
