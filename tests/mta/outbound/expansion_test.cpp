// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/stat.h>

#include <string>

#include <fmt/format.h>

#include "base/files.hpp"
#include "mta/outbound/expansion.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using mta::Addressing;
using mta::Aliases;

namespace {

/// "alice bob@x.example" or "temporary: …" or "permanent: …".
std::string expand(const std::string& text, const std::string& name = "a") {
    const auto aliases = Aliases::parse(text, "aliases").value();
    const auto addressing = Addressing::create({{"here.example"}, {}, "+", "postmaster"}, aliases, [](std::string_view user) {
        return Result<bool>{user == "alice" || user == "bob" || user == "carol"};
    }).value();
    const auto members = mta::expand(addressing, *aliases.find(name));
    if (!members) return (members.error().fault == Fault::transient ? "temporary: " : "permanent: ") + members.error().what;
    std::string names;
    for (const auto& member : *members) {
        names += names.empty() ? "" : " ";
        names += member.domain == "here.example" ? member.local_part : to_string(member);
    }
    return names;
}

void write(const std::string& path, std::string_view text, mode_t mode = 0600) {
    const auto directory = open_directory(path.substr(0, path.rfind('/'))).value();
    const auto file = create_exclusive_at(directory, path.substr(path.rfind('/') + 1)).value();
    REQUIRE(write_all(file, text));
    REQUIRE(::fchmod(file.number(), mode) == 0);
}

}  // namespace

TEST_CASE("Aliases within aliases come down to mailboxes, each once", "[mta]") {
    struct Case { std::string text, members; };
    const auto c = GENERATE(values<Case>({
        {"a: alice", "alice"},
        {"a: b, c\nb: alice, bob\nc: bob, carol", "alice bob carol"},
        {"a: Alice, alice@HERE.example, bob@x.example, Bob@x.example", "Alice bob@x.example Bob@x.example"},
        {"a: alice+tag, alice", "alice+tag alice"},
        {"a: nobody, alice", "nobody alice"},
        {"a: b, c\nb: d\nc: d\nd: alice", "alice"},
    }));
    CAPTURE(c.text);
    CHECK(expand(c.text) == c.members);
}

TEST_CASE("An alias that names itself means the user", "[mta]") {
    CHECK(expand("alice: alice, bob@x.example", "alice") == "alice bob@x.example");
    CHECK(expand("alice: \\alice, bob", "alice") == "alice bob");
    CHECK(expand("alice: b\nb: alice, bob", "alice") == "alice bob");
    CHECK(expand("a: alice\nalice: \\alice") == "alice");
}

TEST_CASE("A loop is found", "[mta]") {
    CHECK(expand("a: a") == "permanent: alias loop: a, a");
    CHECK(expand("a: b\nb: c, alice\nc: a+x") == "permanent: alias loop: a, b, c, a");
}

TEST_CASE("Aliases nest twenty deep and no deeper", "[mta]") {
    const auto chain = [](int depth) {
        std::string text;
        for (int n = 1; n < depth; ++n) text += fmt::format("a{}: a{}\n", n, n + 1);
        return text + fmt::format("a{}: alice\n", depth);
    };
    CHECK(expand(chain(20), "a1") == "alice");
    CHECK(expand(chain(21), "a1") == "permanent: aliases are nested too deeply");
}

TEST_CASE("An alias has ten thousand members and no more", "[mta]") {
    std::string text = "a: u0@x.example";
    for (int n = 1; n < 10'000; ++n) text += fmt::format(",u{}@x.example", n);
    CHECK_THAT(expand(text), Catch::Matchers::EndsWith("u9999@x.example"));
    CHECK(expand(text + ",v@x.example") == "permanent: alias has too many members");
}

TEST_CASE("An :include: file is a list of its own", "[mta]") {
    const test::TempDir temp;
    const auto list = temp / "list";
    write(list, "# members\nalice, bob@x.example\n\n\\carol\n:include:" + temp / "more\n");
    write(temp / "more", "bob\n");
    CHECK(expand("a: :include:" + list) == "alice bob@x.example carol bob");
}

TEST_CASE("An :include: file that includes itself is a loop", "[mta]") {
    const test::TempDir temp;
    write(temp / "list", "alice\n:include:" + temp / "list");
    CHECK_THAT(expand("a: :include:" + temp / "list"), Catch::Matchers::StartsWith("permanent: ") && Catch::Matchers::EndsWith("includes itself"));
}

TEST_CASE("An :include: file that can't be trusted or read waits for someone to mend it", "[mta]") {
    const test::TempDir temp;
    const auto list = temp / "list";
    SECTION("missing") {}
    SECTION("writable for the group") { write(list, "alice\n", 0620); }
    SECTION("writable for all") { write(list, "alice\n", 0602); }
    SECTION("a directory") { REQUIRE(::mkdir(list.c_str(), 0700) == 0); }
    SECTION("a pipe") { REQUIRE(::mkfifo(list.c_str(), 0600) == 0); }
    SECTION("a command in it") { write(list, "|/bin/sh\n"); }
    SECTION("no address in it") { write(list, "a b c\n"); }
    CHECK_THAT(expand("a: :include:" + list), Catch::Matchers::StartsWith("temporary: :include:" + list + ": "));
}
