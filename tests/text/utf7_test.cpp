// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "text/utf7.hpp"

using mailpipe::text::from_modified_utf7;
using mailpipe::text::read_modified_utf7;
using mailpipe::text::to_modified_utf7;

TEST_CASE("Mailbox names are encoded in modified UTF-7", "[text][rfc3501-5.1.3]") {
    struct Case { std::string_view utf8, utf7; };
    const auto c = GENERATE(values<Case>({
        {"", ""}, {"Lists", "Lists"}, {"a & b", "a &- b"}, {"Entwürfe", "Entw&APw-rfe"}, {"Ü", "&ANw-"}, {"é&", "&AOk-&-"},
        {"~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, {"😀", "&2D3eAA-"}, {"éé", "&AOkA6Q-"}, {"\t", "&AAk-"},
    }));
    CHECK(to_modified_utf7(c.utf8).value() == c.utf7);
    CHECK(from_modified_utf7(c.utf7).value() == c.utf8);
}

TEST_CASE("What is not UTF-8 has no encoding", "[text]") { CHECK_FALSE(to_modified_utf7("\xff")); }

TEST_CASE("What is no modified UTF-7 is told, or read as it can be", "[text][rfc3501-5.1.3]") {
    struct Case { std::string_view utf7, read; };
    const auto c = GENERATE(values<Case>({
        {"R&D", "R&D"}, {"R&D-x", "R&D-x"}, {"&", "&"}, {"a&AOk", "a&AOk"}, {"&AOk/-", "&AOk/-"}, {"é", "é"}, {"\xff", "\xff"},
        {"&AGE-", "a"}, {"&AOk-&AOk-", "éé"}, {"&-&AOk-", "&é"},  // the last one is well-formed
        {"&AOl-", "&AOl-"},      // bits behind the last character
        {"&AOkA-", "&AOkA-"},    // a digit too many
        {"&2D0-", "&2D0-"}, {"&3gA-", "&3gA-"}, {"&2D0AYQ-", "&2D0AYQ-"},  // half a pair
        {"&&-", "&&"}, {"&AOk-&", "é&"},
    }));
    CAPTURE(c.utf7);
    CHECK(read_modified_utf7(c.utf7) == c.read);
    if (c.utf7 != "&-&AOk-") CHECK_FALSE(from_modified_utf7(c.utf7));
}

TEST_CASE("A name that modified UTF-7 would not write like that is none", "[text][rfc3501-5.1.3]") {
    const auto utf7 = GENERATE(values<std::string_view>({
        "&", "R&D", "&-&", "&AGE-", "&AC8-", "&2D0-", "&3gA-", "&2D0AYQ-", "&AOk", "&AOk-&AOk-", "&AOkA-", "&AOl-", "&AO-",
        "&A-", "&AO/-", "&AOk=-", "caf\xc3\xa9", "\x7f", "\t", "&*-",
    }));
    CAPTURE(utf7);
    CHECK_FALSE(from_modified_utf7(utf7));
}

TEST_CASE("Control characters and the separators of lines have no place in a name", "[text][rfc6855-3]") {
    for (const auto* name : {"\t", "a\x7f", "a\xc2\x85", "\xe2\x80\xa8", "a\xe2\x80\xa9z"}) CHECK(mailpipe::text::has_forbidden_characters(name));
    for (const auto* name : {"", "a b", "\xc2\xa0", "\xe2\x80\xa7", "Entw\xc3\xbcrfe"}) CHECK_FALSE(mailpipe::text::has_forbidden_characters(name));
}
