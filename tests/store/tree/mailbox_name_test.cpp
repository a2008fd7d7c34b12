// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cerrno>

#include "store/tree/mailbox_name.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {
const NameRules dots{};
const NameRules slashes{.separator = '/', .prefix = "", .encoding = NameEncoding::modified_utf7};
const NameRules courier{.separator = '.', .prefix = "INBOX.", .encoding = NameEncoding::utf8};
}  // namespace

TEST_CASE("A mailbox is a directory with a dot before each level", "[store][tree]") {
    struct Case { NameRules rules; std::string_view name, directory; };
    const auto c = GENERATE(values<Case>({
        {dots, "INBOX", "."}, {dots, "Foo", ".Foo"}, {dots, "a.b.c", ".a.b.c"}, {dots, "INBOX.x", ".INBOX.x"},
        {dots, "Entwürfe.2024", ".Entw&APw-rfe.2024"}, {dots, "R&D", ".R&-D"}, {dots, "a\\b", ".a\\b"},
        {slashes, "a/b", ".a.b"}, {slashes, "INBOX/x", ".INBOX.x"}, {slashes, "ä/ö", ".&AOQ-.&APY-"},
        {courier, "INBOX", "."}, {courier, "INBOX.Foo", ".Foo"}, {courier, "INBOX.R&D.Entwürfe", ".R&D.Entwürfe"},
        {courier, "INBOX.INBOX.x", ".INBOX.x"},
    }));
    CAPTURE(c.name);
    CHECK(canonical_name(c.name, c.rules).value() == c.name);
    CHECK(directory_of(c.name, c.rules) == c.directory);
    CHECK(name_of(c.directory, c.rules).value() == c.name);
}

TEST_CASE("INBOX is INBOX in any case, alone and as the first level", "[store][tree][rfc9051-5.1]") {
    CHECK(canonical_name("inbox", dots) == "INBOX");
    CHECK(canonical_name("InBox.X", dots) == "INBOX.X");
    CHECK(canonical_name("inbox/x", slashes) == "INBOX/x");
    CHECK(canonical_name("inboxes.x", dots) == "inboxes.x");
    CHECK(canonical_name("x.inbox", dots) == "x.inbox");
    CHECK(canonical_name("Inbox.x", courier) == "INBOX.x");
}

TEST_CASE("What can't be stored is refused, and the error says why", "[store][tree][rfc6855-3]") {
    struct Case { NameRules rules; std::string name; std::string_view why; };
    const auto c = GENERATE(values<Case>({
        {dots, "", "empty"}, {dots, ".", "level"}, {dots, "..", "level"}, {dots, ".a", "level"}, {dots, "a.", "level"},
        {dots, "a..b", "level"}, {dots, "a/b", "'/'"}, {slashes, "a.b", "'.'"}, {slashes, "..", "'.'"},
        {slashes, "a//b", "level"}, {slashes, "/a", "level"}, {dots, "~a", "'~'"}, {dots, "a\tb", "control"},
        {dots, std::string("a\0b", 3), "control"}, {dots, "a\x7f", "control"}, {dots, "a\u0085", "control"},
        {dots, "a\u2028", "control"}, {dots, "a\xff", "UTF-8"}, {courier, "Foo", "INBOX."}, {courier, "INBOX.", "level"},
        {dots, std::string(255, 'a'), "255"}, {dots, std::string(1021, 'a'), "long"},
    }));
    CAPTURE(c.name);
    const auto got = canonical_name(c.name, c.rules);
    REQUIRE_FALSE(got);
    CHECK_THAT(got.error().what, Catch::Contains(std::string{c.why}));
    CHECK(got.error().number == EINVAL);
    CHECK(got.error().fault == Fault::permanent);
}

TEST_CASE("254 octets and 100 levels can be stored", "[store][tree]") {
    CHECK(canonical_name(std::string(254, 'a'), dots));
    std::string deep = "a";
    for (int i = 1; i < 100; ++i) deep += ".a";
    CHECK(canonical_name(deep, dots));
    CHECK_FALSE(canonical_name(deep + ".a", dots));
}

TEST_CASE("A directory that is spelled in another way has a name all the same", "[store][tree]") {
    CHECK(name_of(".Entw\u00fcrfe", dots) == "Entw\u00fcrfe");
    CHECK(name_of(".R&D", dots) == "R&D");
    CHECK(name_of(".a&AC8-b", dots) == "a&AC8-b");
    CHECK(name_of(".inbox.x", dots) == "INBOX.x");
    CHECK(name_of(".Entw&APw-rfe", courier) == "INBOX.Entw&APw-rfe");
}

TEST_CASE("What is no folder has no name", "[store][tree]") {
    for (const std::string directory : {"", "cur", "..", "...", ".a..b", ".a.", "..DOVECOT-TRASHED", ".INBOX", ".inbox", ".a\n",
                                        ".\xff", ".~"}) {
        CAPTURE(directory);
        CHECK_FALSE(name_of(directory, dots));
    }
    CHECK(name_of(".INBOX", courier) == "INBOX.INBOX");
}

TEST_CASE("Parents end at the namespace", "[store][tree]") {
    const NameRules mail{.separator = '/', .prefix = "Mail/"};
    CHECK(parent_of("a.b.c", dots) == "a.b");
    CHECK(parent_of("a", dots).empty());
    CHECK(parent_of("INBOX.x", dots) == "INBOX");
    CHECK(parent_of("INBOX.x", courier) == "INBOX");
    CHECK(parent_of("Mail/x", mail).empty());
    CHECK(parent_of("Mail/x/y", mail) == "Mail/x");
    CHECK(is_below("a.b", "a", dots));
    CHECK_FALSE(is_below("ab", "a", dots));
    CHECK_FALSE(is_below("a", "a", dots));
}
