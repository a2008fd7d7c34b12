// SPDX-License-Identifier: ISC
#include "imap/grammar/flag.hpp"

#include "support/catch.hpp"

using namespace mailpipe;
using imap::FlagList;

namespace {

Result<FlagList> bare(std::string_view text) {
    imap::Arguments in{"STORE", text, imap::Utf8::off};
    auto list = imap::take_bare_flags(in);
    return in.finish(std::move(list));
}

}  // namespace

TEST_CASE("System flags get their spelling, keywords keep theirs, and what nobody may set is told apart", "[imap][rfc9051-2.3.2]") {
    struct Case { std::string_view text; FlagList list; };
    const auto c = GENERATE(values<Case>({
        {"()", {}},
        {"(\\Seen)", {{"\\Seen"}, {}}},
        {"(\\SEEN \\answered \\Flagged \\deleteD \\DRAFT)", {{"\\Seen", "\\Answered", "\\Flagged", "\\Deleted", "\\Draft"}, {}}},
        {"($Junk NonJunk $MDNSent)", {{"$Junk", "NonJunk", "$MDNSent"}, {}}},
        {"($Junk NonJunk \\Recent \\Foo \\*)", {{"$Junk", "NonJunk"}, {"\\Recent", "\\Foo", "\\*"}}},
        {"\\Seen", {{"\\Seen"}, {}}},
        {"\\Seen Work", {{"\\Seen", "Work"}, {}}},
    }));
    CAPTURE(c.text);
    CHECK(bare(c.text).value() == c.list);
}

TEST_CASE("What is no list of flags is BAD", "[imap][rfc9051-9]") {
    const auto text = GENERATE(values<std::string_view>(
        {"", "(", "(\\)", "\\", "(\\Seen", "\\Seen)", "(\"a\")", "(\\Seen  x)", "(\\ Seen)", "(a%b)", "a]b", "\xc3\xa4", "{1}\r\na", "\\\\Seen"}));
    CAPTURE(text);
    CHECK_FALSE(bare(text));
}
