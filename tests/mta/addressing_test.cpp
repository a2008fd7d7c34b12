// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <set>

#include "mta/addressing.hpp"

using namespace mailpipe;
using mta::Addressing;
using mta::Aliases;
using mta::Resolution;
using Kind = mta::Resolution::Kind;

namespace {

const auto aliases = Aliases::parse(
    "root: alice\n"
    "bob: bob, carol\n"
    "sales+eu: carol\n"
    "info@v.example: alice\n"
    "@v.example: carol\n",
    "aliases").value();

Result<bool> exists(std::string_view name) {
    static const std::set<std::string_view> users{"alice", "bob", "carol", "dave@v.example", "carol+x"};
    return users.contains(name);
}

Addressing addressing(std::string postmaster = "postmaster") {
    return Addressing::create({{"a.example", "b.example"}, {"v.example"}, "+-", std::move(postmaster)}, aliases, exists).value();
}

}  // namespace

TEST_CASE("Aliases come before users, whole names before tags, the catch-all last", "[mta]") {
    struct Case { std::string_view local, domain; Kind kind; std::string_view name, tag; };
    const auto c = GENERATE(values<Case>({
        {"alice", "a.example", Kind::user, "alice", ""},
        {"ALICE", "B.Example", Kind::user, "alice", ""},
        {"root", "a.example", Kind::alias, "root", ""},
        {"bob", "a.example", Kind::alias, "bob", ""},
        {"alice+News", "a.example", Kind::user, "alice", "News"},
        {"alice-x+y", "a.example", Kind::user, "alice", "x+y"},
        {"carol+x", "a.example", Kind::user, "carol+x", ""},
        {"sales+eu", "a.example", Kind::alias, "sales+eu", ""},
        {"sales+us", "a.example", Kind::unknown, "", ""},
        {"root+x", "a.example", Kind::alias, "root", "x"},
        {"+x", "a.example", Kind::unknown, "", ""},
        {"nobody", "a.example", Kind::unknown, "", ""},
        {"dave", "v.example", Kind::user, "dave@v.example", ""},
        {"dave+t", "v.example", Kind::user, "dave@v.example", "t"},
        {"dave", "a.example", Kind::unknown, "", ""},
        {"info", "v.example", Kind::alias, "info@v.example", ""},
        {"alice", "v.example", Kind::alias, "@v.example", ""},
        {"alice", "c.example", Kind::remote, "", ""},
        {"postmaster", "c.example", Kind::remote, "", ""},
        {"Postmaster", "a.example", Kind::alias, "postmaster", ""},
        {"postmaster", "", Kind::alias, "postmaster", ""},
        {"alice", "", Kind::user, "alice", ""},
    }));
    CAPTURE(c.local, c.domain);
    const auto rules = addressing();
    const auto got = rules.resolve({std::string{c.local}, std::string{c.domain}}).value();
    REQUIRE(got.kind == c.kind);
    if (c.kind == Kind::user) CHECK(got.user == c.name);
    if (c.kind == Kind::alias) CHECK(got.alias->name == c.name);
    CHECK(got.tag == c.tag);
}

TEST_CASE("Postmaster falls to whom the site names, or to a mailbox of that name", "[mta][rfc5321-4.5.1]") {
    const auto to_alice = addressing("alice");
    CHECK(to_alice.resolve({"postmaster", "a.example"}).value().alias->targets[0].mailbox.local_part == "alice");
    const auto to_itself = addressing();
    CHECK(to_itself.resolve({"postmaster", "a.example"}).value().alias->targets[0].kind == mta::AliasTarget::Kind::user);
    CHECK_FALSE(Addressing::create({{}, {}, "", "a b"}, aliases, exists));
}

TEST_CASE("A user is found past an alias of the same name", "[mta]") {
    const auto rules = addressing();
    CHECK(rules.resolve_user({"bob", ""}).value().user == "bob");
    CHECK(rules.resolve_user({"root", "a.example"}).value().kind == Kind::unknown);
    CHECK(rules.resolve_user({"x", "v.example"}).value().kind == Kind::unknown);
}

TEST_CASE("What can't be looked up is no unknown user", "[mta]") {
    const auto rules = Addressing::create({{"a.example"}, {}, "+", "postmaster"}, aliases, [](std::string_view) -> Result<bool> {
        return failure({Fault::transient, "users: not now"});
    }).value();
    CHECK(rules.resolve({"alice", "a.example"}).error().fault == Fault::transient);
}
