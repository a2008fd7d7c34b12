// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "base/files.hpp"
#include "store/maildir.hpp"
#include "store/tree/keywords.hpp"
#include "store/tree/metadata.hpp"
#include "store/tree/special_use.hpp"
#include "store/tree/tree.hpp"
#include "store/tree/tree_lock.hpp"
#include "store/uid_file.hpp"
#include "support/directory.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {

struct Mailboxes : test::TempDir {
    Tree tree = Tree::open(*this / "Maildir", {}).value();

    std::string path(const std::string& name) const { return *this / ("Maildir/" + name); }
    void put(const std::string& name, const std::string& text = "x") const { std::ofstream{path(name)} << text; }
    void make(const std::string& name) const { REQUIRE(make_directories(path(name))); }
    Result<void> create(std::string_view name) const { return tree.create(name, system_clock()); }
    Result<void> rename(std::string_view from, std::string_view to) const { return tree.rename(from, to, system_clock()).map([](const auto&) {}); }
    std::uint32_t validity(std::string_view name) const {
        return read_uid_map(tree.open_folder(name).value()).value().uid_validity();
    }
    /// "(a) b+": a does not exist, b has children.
    std::string listed() const {
        std::string text;
        const auto folders = tree.list().value();
        for (const auto& folder : folders) {
            if (!text.empty()) text += ' ';
            text += folder.exists() ? folder.name : '(' + folder.name + ')';
            if (folder.has_children) text += '+';
        }
        return text;
    }
    /// What in the root is neither a folder nor a file of Dovecot's.
    std::vector<std::string> leftovers() const {
        auto names = test::names_in(path(""));
        std::erase_if(names, [](const std::string& name) { return !name.starts_with("mail"); });
        return names;
    }
};

int error_of(const Result<void>& result) { return result ? 0 : result.error().number; }

}  // namespace

TEST_CASE("A new folder has all that Dovecot's have, and a UID validity of its own", "[store][tree]") {
    const Mailboxes box;
    REQUIRE(box.create("Entwürfe.2024"));
    CHECK(test::names_in(box.path(".Entw&APw-rfe.2024")) ==
          std::vector<std::string>{"cur", "dovecot-uidlist", "maildirfolder", "new", "tmp"});
    CHECK(test::mode_of(box.path(".Entw&APw-rfe.2024")) == 0700);
    const auto map = read_uid_map(box.tree.open_folder("Entwürfe.2024").value()).value();
    CHECK(map.next_uid() == 1);
    CHECK(map.guid().size() == 32);
    CHECK_FALSE(map.must_be_rewritten());
    CHECK(box.listed() == "INBOX (Entwürfe)+ Entwürfe.2024");
    CHECK(box.leftovers().empty());
    CHECK(error_of(box.create("Entwürfe.2024")) == EEXIST);
    CHECK(error_of(box.create("INBOX")) == EEXIST);
    REQUIRE(box.create("Entwürfe"));
    CHECK(box.listed() == "INBOX Entwürfe+ Entwürfe.2024");
}

TEST_CASE("A folder that is removed and made again has another UID validity", "[store][tree][rfc9051-2.3.1.1]") {
    const Mailboxes box;
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 5; ++i) {
        REQUIRE(box.create("again"));
        CHECK(seen.insert(box.validity("again")).second);
        if (i % 2 == 0) REQUIRE(box.tree.remove("again"));
        else REQUIRE(box.rename("again", "old" + std::to_string(i)));
    }
}

TEST_CASE("Folders are listed with the parents that they lack", "[store][tree]") {
    const Mailboxes box;
    for (const auto* name : {".a.b.c", ".a.b", ".z", ".INBOX.x", ".Entwürfe", ".R&D", "..hidden", ".x..y", ".INBOX", "plain"}) box.make(name);
    box.put(".file");
    REQUIRE(::symlink("..", box.path(".link").c_str()) == 0);
    CHECK(box.listed() == "INBOX+ Entwürfe INBOX.x R&D (a)+ a.b+ a.b.c z");
}

TEST_CASE("Two directories with one name are one folder", "[store][tree]") {
    const Mailboxes box;
    for (const auto* name : {".R&D", ".inbox.x", ".InBox.x"}) box.make(name);
    CHECK(box.listed() == "INBOX+ INBOX.x R&D");
    CHECK(box.tree.find("INBOX.x") == ".InBox.x");
    box.make(".R&-D");
    box.make(".INBOX.x");
    CHECK(box.listed() == "INBOX+ INBOX.x R&D");
    CHECK(box.tree.find("R&D") == ".R&-D");
    CHECK(box.tree.find("INBOX.x") == ".INBOX.x");
}

TEST_CASE("A folder gets the parts that it lacks when it is opened", "[store][tree]") {
    const Mailboxes box;
    box.make(".half/cur");
    REQUIRE(box.tree.open_folder("half"));
    CHECK(test::names_in(box.path(".half")) == std::vector<std::string>{"cur", "new", "tmp"});
    CHECK(box.tree.open_folder("INBOX"));
    CHECK(box.tree.open_folder("none").error().number == ENOENT);
}

TEST_CASE("A removed folder is gone with all that is in it; what is below it stays", "[store][tree][rfc9051-6.3.5]") {
    const Mailboxes box;
    REQUIRE(box.create("a"));
    REQUIRE(box.create("a.b"));
    for (int i = 0; i < 300; ++i) box.put(".a/cur/" + std::to_string(i) + ".M1P1.mx:2,S");
    box.make(".a/courierimapkeywords/deep/er/and/deeper");
    box.put(".a/courierimapkeywords/deep/er/file");
    REQUIRE(::symlink("..", box.path(".a/link").c_str()) == 0);
    REQUIRE(box.tree.remove("a"));
    CHECK(box.listed() == "INBOX (a)+ a.b");
    CHECK(box.leftovers().empty());
    CHECK(error_of(box.tree.remove("a")) == ENOENT);
    CHECK(error_of(box.tree.remove("INBOX")) == EINVAL);
    CHECK(test::names_in(box.path("cur")).empty());
}

TEST_CASE("What is delivered into a folder while it is removed goes to INBOX", "[store][tree]") {
    const Mailboxes box;
    REQUIRE(box.create("a"));
    box.put(".a/new/1.M1P1.old");
    box.make("mailpipe-removed.1000000000.0.1");  // as a session that was killed had left it
    REQUIRE(rename_at(box.tree.root(), ".a", box.tree.root(), "mailpipe-removed.1000000000.0.1"));
    box.put("mailpipe-removed.1000000000.0.1/cur/2.M1P1.seen:2,S");
    box.make("mailpipe-removed.4000000000.5.1/new");
    box.put("mailpipe-removed.4000000000.5.1/new/3.M1P1.early");
    box.make("mailpipe-new.1/cur");
    REQUIRE(box.create("b"));
    CHECK(box.leftovers().empty());
    CHECK(test::names_in(box.path("new")) == std::vector<std::string>{"1.M1P1.old"});
}

TEST_CASE("Mail that comes all the time while its folder is removed is stored or refused, never lost", "[store][tree]") {
    const Mailboxes box;
    const auto root = Maildir::open(box.path("")).value();
    std::set<std::string> told;
    std::atomic<bool> done = false;
    std::thread postman([&] {
        for (int i = 0; !done; ++i) {
            const auto maildir = root.open_folder(".a");
            if (!maildir) continue;
            for (int j = 0; j < 50; ++j) {
                auto delivery = maildir->begin(std::to_string(i) + ".M" + std::to_string(j) + "P1.mx");
                if (!delivery || !delivery->write("x\n") || !maildir->place(*delivery)) break;
                told.insert(delivery->name());
            }
        }
    });
    std::set<std::string> seen;
    for (int i = 0; i < 20; ++i) {
        (void)box.create("a");
        // Deleted is what was there before: nobody can tell it from what came a moment earlier.
        if (const auto folder = box.tree.open_folder("a")) {
            for (const auto& name : test::names_in(box.path(".a/new"))) seen.insert(name);
        }
        (void)box.rename("a", "kept" + std::to_string(i));
    }
    done = true;
    postman.join();
    const auto folders = box.tree.list().value();
    for (const auto& folder : folders) {
        if (!folder.exists()) continue;
        for (const auto& name : test::names_in(box.path(folder.directory + "/new"))) seen.insert(name);
    }
    CHECK(std::ranges::includes(seen, told));
}

TEST_CASE("A folder is renamed with all that is below it", "[store][tree][rfc9051-6.3.6]") {
    const Mailboxes box;
    for (const auto* name : {"a", "a.b.c", "ab", "a.d"}) REQUIRE(box.create(name));
    const auto validity = box.validity("a.b.c");
    REQUIRE(box.rename("a", "x.y"));
    CHECK(box.listed() == "INBOX ab (x)+ x.y+ (x.y.b)+ x.y.b.c x.y.d");
    CHECK(box.validity("x.y.b.c") == validity);
    REQUIRE(box.rename("x.y.b", "q"));  // one that only has children
    CHECK(box.listed() == "INBOX ab (q)+ q.c (x)+ x.y+ x.y.d");
    REQUIRE(box.rename("x", "INBOX.x"));
    CHECK(box.listed() == "INBOX+ (INBOX.x)+ INBOX.x.y+ INBOX.x.y.d ab (q)+ q.c");
}

TEST_CASE("A rename that can't be is refused and changes nothing", "[store][tree][rfc9051-6.3.6]") {
    const Mailboxes box;
    for (const auto* name : {"a", "a.b", "c", "d.b"}) REQUIRE(box.create(name));
    const auto before = box.listed();
    CHECK(error_of(box.rename("a", "c")) == EEXIST);
    CHECK(error_of(box.rename("a", "d")) == EEXIST);  // d does not exist, but d.b does
    CHECK(error_of(box.rename("a", "INBOX")) == EEXIST);
    CHECK(error_of(box.rename("a", "a.x")) == EINVAL);
    CHECK(error_of(box.rename("a", std::string(254, 'a'))) == EINVAL);  // a.b would be too long
    CHECK(error_of(box.rename("none", "x")) == ENOENT);
    CHECK(error_of(box.rename("INBOX", "c")) == EEXIST);
    box.put(".x");  // in the way of the last step
    CHECK_FALSE(box.rename("a", "x"));
    CHECK(box.listed() == before);
}

TEST_CASE("A rename that was cut off in the middle can be done again", "[store][tree]") {
    const Mailboxes box;
    for (const auto* name : {"a", "a.b", "a.c"}) REQUIRE(box.create(name));
    REQUIRE(rename_at(box.tree.root(), ".a.c", box.tree.root(), ".x.c"));
    REQUIRE(box.rename("a", "x"));
    CHECK(box.listed() == "INBOX x+ x.b x.c");
}

TEST_CASE("INBOX renamed is its messages moved", "[store][tree][rfc9051-6.3.6][rfc5464-4.1]") {
    const Mailboxes box;
    REQUIRE(box.create("INBOX.x"));
    box.put("new/1.M1P1.mx");
    box.put("cur/2.M1P1.mx:2,Sa");
    box.put("dovecot-keywords", "0 $Work\n");
    REQUIRE(change_metadata(box.tree.root(), MetadataOf::folder, {{"/private/comment", "mine"}}));
    REQUIRE(box.rename("INBOX", "old"));
    CHECK(box.listed() == "INBOX+ INBOX.x old");
    CHECK(test::names_in(box.path("new")).empty());
    CHECK(test::names_in(box.path("cur")).empty());
    CHECK(test::names_in(box.path(".old/new")) == std::vector<std::string>{"1.M1P1.mx"});
    CHECK(test::names_in(box.path(".old/cur")) == std::vector<std::string>{"2.M1P1.mx:2,Sa"});
    const auto folder = box.tree.open_folder("old").value();
    CHECK(read_keywords(folder).value().name(0) == "$Work");
    for (const auto* place : {&folder, &box.tree.root()}) {
        CHECK(read_metadata(*place, MetadataOf::folder).value().get("/private/comment").size() == 1);
    }
}

TEST_CASE("What a folder is for goes with it", "[store][tree][rfc6154-3]") {
    const Mailboxes box;
    REQUIRE(box.create("a.b"));
    REQUIRE(set_special_uses(box.tree.root(), {}, "a.b", {R"(\sent)"}));
    REQUIRE(box.rename("a", "c"));
    CHECK(read_special_uses(box.tree.root(), {}).value().of("c.b") == std::vector<std::string>{R"(\Sent)"});
    REQUIRE(box.tree.remove("c.b"));
    CHECK(read_special_uses(box.tree.root(), {}).value().to_text().empty());
}

TEST_CASE("The tree is locked for one at a time, and a lock that nobody holds is nobody's", "[store][tree]") {
    const Mailboxes box;
    box.put("mailboxes.lock", "");  // from a process that died
    std::atomic<int> inside = 0;
    std::atomic<bool> overlapped = false;
    const auto work = [&] {
        for (int i = 0; i < 10; ++i) {
            const auto lock = TreeLock::take(box.tree.root());
            if (!lock || ++inside != 1) overlapped = true;
            std::this_thread::yield();
            --inside;
        }
    };
    std::thread other(work);
    work();
    other.join();
    CHECK_FALSE(overlapped);
    CHECK(box.leftovers().empty());
}
