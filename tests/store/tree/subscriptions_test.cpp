// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fstream>

#include "base/files.hpp"
#include "store/tree/subscriptions.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;
using Names = std::vector<std::string>;

namespace {

const NameRules dots{};
const NameRules below_inbox{.separator = '.', .prefix = "INBOX.", .encoding = NameEncoding::modified_utf7};
const NameRules slashes{.separator = '/', .prefix = "", .encoding = NameEncoding::modified_utf7};
// As Dovecot 2.3 wrote it.
const std::string dovecots = "V\t2\n\n&AMk-t\t\\x\nz\tc\td\nINBOX\nINBOX\ty\n";

struct Root : test::TempDir {
    Fd directory = open_directory(path()).value();
    std::string file = *this / "subscriptions";
    std::string text() const { return read_file(file, 1000).value_or(""); }
    void put(const std::string& name, const std::string& text) const { std::ofstream{*this / name} << text; }
};

}  // namespace

TEST_CASE("Dovecot's subscriptions are read by any namespace's rules", "[store][tree]") {
    CHECK(parse_subscriptions(dovecots, dots) == Names{"Ét.\\x", "z.c.d", "INBOX", "INBOX.y"});
    CHECK(parse_subscriptions(dovecots, slashes) == Names{"Ét/\\x", "z/c/d", "INBOX", "INBOX/y"});
    CHECK(parse_subscriptions(dovecots, below_inbox) == Names{"INBOX.Ét.\\x", "INBOX.z.c.d", "INBOX", "INBOX.INBOX.y"});
}

TEST_CASE("The older format has no header", "[store][tree]") {
    CHECK(parse_subscriptions("INBOX\na.b\na.b\n&AMk-t\nlast", dots) == Names{"INBOX", "a.b", "Ét", "last"});
    CHECK(parse_subscriptions("", dots).empty());
}

TEST_CASE("A line that is no name is left out", "[store][tree]") {
    CHECK(parse_subscriptions("V\t2\n\na.b\n\x01\n\x01x\na\t\tb\n\x01t\n\tx\ngood\n", dots) == Names{"good"});
}

TEST_CASE("A line of the older format that is no name is none in version 2 either", "[store][tree]") {
    const Root root;
    root.put("subscriptions", "a\tb\nc\x01td\nV\t2");
    CHECK(read_subscriptions(root.directory, dots) == Names{});
    REQUIRE(subscribe(root.directory, dots, "x.y"));
    CHECK(read_subscriptions(root.directory, dots) == Names{"x.y"});
    CHECK(root.text() == "V\t2\n\na\x01tb\nc\x01" "1td\nV\x01t2\nx\ty\n");
}

TEST_CASE("Courier's subscriptions are taken over at the first change", "[store][tree]") {
    const Root root;
    root.put("courierimapsubscribed", "INBOX\nINBOX.a.b\n#shared.x\nINBOX.Entwürfe\n");
    CHECK(read_subscriptions(root.directory, dots) == Names{"INBOX", "a.b", "Entwürfe"});
    REQUIRE(subscribe(root.directory, dots, "new one"));
    CHECK(root.text() == "V\t2\n\nINBOX\na\tb\nEntwürfe\nnew one\n");
    root.put("courierimapsubscribed", "INBOX.other\n");
    CHECK(read_subscriptions(root.directory, dots) == Names{"INBOX", "a.b", "Entwürfe", "new one"});
}

TEST_CASE("What is written is Dovecot's version 2, and what we don't understand stays", "[store][tree]") {
    const Root root;
    root.put("subscriptions", dovecots + "x.y\tz\n");
    REQUIRE(subscribe(root.directory, dots, "R&D.Entwürfe"));
    REQUIRE(subscribe(root.directory, dots, "R&D.Entwürfe"));
    REQUIRE(unsubscribe(root.directory, dots, "z.c.d"));
    REQUIRE(unsubscribe(root.directory, dots, "never"));
    CHECK(root.text() == "V\t2\n\n&AMk-t\t\\x\nINBOX\nINBOX\ty\nx.y\tz\nR&-D\tEntw&APw-rfe\n");
    REQUIRE(unsubscribe(root.directory, dots, "INBOX"));
    CHECK(read_subscriptions(root.directory, dots) == Names{"Ét.\\x", "INBOX.y", "R&D.Entwürfe"});
    CHECK_FALSE(status_at(root.directory, "subscriptions.lock"));
}

TEST_CASE("With a prefix the file has the names without it", "[store][tree]") {
    const Root root;
    REQUIRE(subscribe(root.directory, below_inbox, "INBOX.pre"));
    REQUIRE(subscribe(root.directory, below_inbox, "INBOX"));
    CHECK(root.text() == "V\t2\n\npre\nINBOX\n");
}
