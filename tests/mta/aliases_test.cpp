// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "base/files.hpp"
#include "mta/aliases.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using mta::Aliases;
using Kind = mta::AliasTarget::Kind;

TEST_CASE("Sendmail's format: comments, continuations, quotes, includes", "[mta]") {
    const auto aliases = Aliases::parse(
        "# comment\n"
        "root: alice\n"
        "Team:alice, bob@b.example ,\n"
        "\t\\carol,\n"
        "\n"
        "\"odd name\": \"a,b\"@c.example\n"
        "list: :include:/etc/list, \":include:/etc/my list\"\n"
        "info@v.example: alice\n"
        "@v.example: bob",
        "aliases").value();

    REQUIRE(aliases.find("ROOT") != nullptr);
    CHECK(aliases.find("root")->targets[0].mailbox == mail::Mailbox{"alice", ""});
    const auto& team = aliases.find("team")->targets;
    REQUIRE(team.size() == 3);
    CHECK(team[1].mailbox == mail::Mailbox{"bob", "b.example"});
    CHECK(team[2].kind == Kind::user);
    CHECK(team[2].mailbox == mail::Mailbox{"carol", ""});
    CHECK(aliases.find("odd name")->targets[0].mailbox == mail::Mailbox{"a,b", "c.example"});
    const auto& list = aliases.find("list")->targets;
    REQUIRE(list.size() == 2);
    CHECK(list[0].kind == Kind::include);
    CHECK(list[0].path == "/etc/list");
    CHECK(list[1].path == "/etc/my list");
    CHECK(aliases.find("info@V.example") != nullptr);
    CHECK(aliases.find("@v.example") != nullptr);
    CHECK(aliases.find("info") == nullptr);
}

TEST_CASE("A wrong line is named with its file, number and reason", "[mta]") {
    struct Case { std::string_view text, what; };
    const auto c = GENERATE(values<Case>({
        {"a: b\n\n# x\nno colon\n", "f:4: no 'name:'"},
        {"a: b\nA: c\n", "f:2: 'a' has been there before"},
        {"a: b,\n c,\nd: |prog\n", "f:3: '|prog' is a command: not supported"},
        {"a: \"|/bin/prog with args\"\n", "f:1: '|/bin/prog with args' is a command: not supported"},
        {"a: /var/mail/a\n", "f:1: '/var/mail/a' is a file: not supported"},
        {"a: :include:list\n", "f:1: ':include:list' names no file from / on"},
        {"a:\n", "f:1: nothing after 'a:'"},
        {": b\n", "f:1: no name before ':'"},
        {" a: b\n", "f:1: no name before ':'"},
    }));
    const auto aliases = Aliases::parse(c.text, "f");
    REQUIRE_FALSE(aliases);
    CHECK(aliases.error().what == c.what);
    CHECK(exit_status(aliases.error()) == ExitStatus::configuration);
}

TEST_CASE("An address that is none is named", "[mta]") {
    const std::string text = GENERATE("b c", "\"\"", "\\", "\\\"\"", "a@", "@b");
    const auto aliases = Aliases::parse("a: " + text + "\n", "f");
    REQUIRE_FALSE(aliases);
    CHECK_THAT(aliases.error().what, Catch::Matchers::StartsWith("f:1: '" + text + "' is no address: "));
}

TEST_CASE("A file of aliases that is named has to be there", "[mta]") {
    const test::TempDir temp;
    CHECK(Aliases::load(temp / "none").error().status == mailpipe::ExitStatus::configuration);
    CHECK_FALSE(Aliases::load(temp.path()));
}
