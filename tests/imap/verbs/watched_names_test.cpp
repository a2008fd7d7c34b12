// SPDX-License-Identifier: ISC
#include "imap/verbs/watched_names.hpp"

#include "store/tree/subscriptions.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using imap::WatchedNames;
using Strings = std::vector<std::string>;
using Names = std::set<std::string>;

namespace {

struct Home {
    Home() {
        for (const auto* name : {"A", "A.B", "C"}) make(name);
    }
    void make(const std::string& name) const { REQUIRE(tree.create(name, system_clock())); }
    void remove(const std::string& name) const { REQUIRE(tree.remove(name)); }
    void rename(const std::string& from, const std::string& to) const { REQUIRE(tree.rename(from, to, system_clock())); }

    test::TempDir dir;
    store::Tree tree = store::Tree::open(dir / "Maildir", {}).value();
};

/// "A>Z", and "(A.B>Z.B)" for what goes with its parent.
Strings renames(const WatchedNames::Changes& changes) {
    Strings names;
    for (const auto& [from, rename] : changes.renamed) {
        const auto name = from + ">" + rename.to;
        names.push_back(rename.goes_with_parent ? "(" + name + ")" : name);
    }
    return names;
}

}  // namespace

TEST_CASE("A folder that is made or deleted is told, with its parent", "[imap][rfc5465-5.4]") {
    const Home home;
    auto watched = WatchedNames::read(home.tree).value();
    CHECK(watched.look(home.tree).value().affected.empty());
    home.make("A.N");
    CHECK(watched.look(home.tree).value().affected == Names{"A.N", "A"});
    home.remove("A.N");
    home.make("X.Y");  // X is there only as its parent
    CHECK(watched.look(home.tree).value().affected == Names{"A.N", "A", "X.Y", "X"});
    CHECK(watched.look(home.tree).value().affected.empty());
}

TEST_CASE("A renamed folder has its old name, and those below go with it", "[imap][rfc5465-5.4]") {
    const Home home;
    auto watched = WatchedNames::read(home.tree).value();
    home.rename("A", "Z");
    auto changes = watched.look(home.tree).value();
    CHECK(renames(changes) == Strings{"A>Z", "(A.B>Z.B)"});
    CHECK(changes.affected.empty());
    home.rename("Z.B", "Z.D");
    home.remove("C");
    home.make("E");  // its inode may be that of C
    changes = watched.look(home.tree).value();
    CHECK(renames(changes) == Strings{"Z.B>Z.D"});
    CHECK(changes.affected == Names{"C", "E"});
}

TEST_CASE("Subscriptions that come and go are told", "[imap][rfc5465-5.5]") {
    const Home home;
    auto watched = WatchedNames::read(home.tree).value();
    REQUIRE(store::subscribe(home.tree.root(), home.tree.rules(), "C"));
    REQUIRE(store::subscribe(home.tree.root(), home.tree.rules(), "nowhere"));
    CHECK(watched.look(home.tree).value().subscribed == Strings{"C", "nowhere"});
    REQUIRE(store::unsubscribe(home.tree.root(), home.tree.rules(), "C"));
    CHECK(watched.look(home.tree).value().subscribed == Strings{"C"});
    CHECK(watched.look(home.tree).value().subscribed.empty());
}

TEST_CASE("Of what the client has done itself nothing is told, but of what others do meanwhile", "[imap][rfc5465-5]") {
    const Home home;
    auto watched = WatchedNames::read(home.tree).value();
    home.make("Mine");
    home.make("Theirs");
    watched.learn(home.tree, "Mine");
    REQUIRE(store::subscribe(home.tree.root(), home.tree.rules(), "Mine"));
    REQUIRE(store::subscribe(home.tree.root(), home.tree.rules(), "C"));
    watched.learn(home.tree, "Mine");
    const auto changes = watched.look(home.tree).value();
    CHECK(changes.affected == Names{"Theirs"});
    CHECK(changes.subscribed == Strings{"C"});
}
