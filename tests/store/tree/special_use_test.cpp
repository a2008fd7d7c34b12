// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cerrno>

#include "base/files.hpp"
#include "store/tree/special_use.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;
using Uses = std::vector<std::string>;

TEST_CASE("Well-known names tell what a folder is for", "[store][tree][rfc6154-2]") {
    const SpecialUses uses{NameRules{}};
    CHECK(uses.of("Drafts") == Uses{R"(\Drafts)"});
    CHECK(uses.of("sent messages") == Uses{R"(\Sent)"});
    CHECK(uses.of("x.Trash").empty());
    CHECK(uses.of("INBOX").empty());
    const SpecialUses below{NameRules{.prefix = "INBOX."}};
    CHECK(below.of("INBOX.Junk") == Uses{R"(\Junk)"});
    static constexpr WellKnownFolder german[] = {{"Entwürfe", R"(\Drafts)"}};
    CHECK(SpecialUses(NameRules{}, german).of("Entwürfe") == Uses{R"(\Drafts)"});
    CHECK(SpecialUses(NameRules{}, german).of("Drafts").empty());
}

TEST_CASE("What a client has said counts, and takes the use from others", "[store][tree][rfc6154-3]") {
    SpecialUses uses{NameRules{}};
    uses.set("Outbox 2", {R"(\SENT)", R"(\archive)", R"(\Sent)"});
    CHECK(uses.of("Outbox 2") == Uses{R"(\Sent)", R"(\Archive)"});
    CHECK(uses.of("Sent").empty());
    uses.set("Entwürfe", {R"(\Sent)"});
    CHECK(uses.of("Outbox 2") == Uses{R"(\Archive)"});
    uses.set("Trash", {});
    CHECK(uses.of("Trash").empty());
    CHECK(uses.to_text() == "\\Sent .Entw&APw-rfe\n\\Archive .Outbox 2\n.Trash\n");
}

TEST_CASE("The file is read as it was written; lines that break the rules are left out", "[store][tree]") {
    const std::string text = "\\Sent \\Archive .Sent Items.a\n.Trash\n";
    SpecialUses uses{NameRules{}};
    uses.parse(text);
    CHECK(uses.to_text() == text);
    SpecialUses broken{NameRules{}};
    broken.parse("\n\\Sent\n\\Sent \nSent\n\\Sent x\n\\Sent ..\n\\All .all\n\\Sent  .two\n");
    CHECK(broken.to_text() == ".all\n");
}

TEST_CASE("Uses are forgotten and renamed with what is below", "[store][tree]") {
    SpecialUses uses{NameRules{}};
    uses.parse("\\Sent .a\n\\Junk .a.b\n\\Trash .ab\n");
    uses.rename("a", "x.y");
    CHECK(uses.to_text() == "\\Trash .ab\n\\Sent .x.y\n\\Junk .x.y.b\n");
    uses.forget("x.y");
    CHECK(uses.to_text() == "\\Trash .ab\n\\Junk .x.y.b\n");
}

TEST_CASE("No folder can be what only a virtual one is", "[store][tree][rfc6154-2]") {
    const test::TempDir home;
    const auto root = open_directory(home.path()).value();
    CHECK(set_special_uses(root, {}, "a", {R"(\All)"}).error().number == EINVAL);
    CHECK(set_special_uses(root, {}, "a", {R"(\Flagged)"}).error().number == EINVAL);
    CHECK(set_special_uses(root, {}, "a", {"Sent"}).error().number == EINVAL);
    CHECK(read_special_uses(root, {}).value().to_text().empty());
    REQUIRE(set_special_uses(root, {}, "a", {R"(\junk)"}));
    CHECK(read_file(home / "mailpipe-specialuse", 100) == "\\Junk .a\n");
}
