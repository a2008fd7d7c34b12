// SPDX-License-Identifier: ISC
// Files of an index as a crash, a copy or another session leaves them.
#include <filesystem>
#include <fstream>

#include "base/files.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_name.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/view.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using store::Access;
using store::ExpungeLog;
using store::IndexedFolder;
using test::Folder;
using test::Listing;
using test::listing;

namespace {

using Uids = std::vector<std::uint32_t>;

const Listing all{"1 1.a:2,", "2 2.a:2,", "3 3.a:2,"};

void mark_crash(const Folder& home) {
    auto text = home.read(store::index_name);
    reinterpret_cast<store::IndexHeader*>(text.data())->is_changing = 1;
    home.put(store::index_name, text);
}

/// Behind the three messages of a folder.
void append_up_to(store::IndexFile& index, std::uint32_t last_uid) {
    std::vector<store::Record> records;
    std::string names;
    for (std::uint32_t uid = 4; uid <= last_uid; ++uid) records.push_back(store::make_record(uid, "x:2,", store::Place::in_cur, "", names));
    REQUIRE(index.append(records, names));
}

}  // namespace

TEST_CASE("What another session appends is seen, however much it is", "[store][index]") {
    const Folder home{3};
    const auto mine = home.refreshed();
    const auto others = home.refreshed();
    append_up_to(*others.index(), 39'999);
    const auto& index = *mine.index();
    REQUIRE(index.size() == 39'999);
    CHECK(index[index.size() - 1].uid == 39'999);
    CHECK(index.find(20'000) == 19'999U);
}

TEST_CASE("What another session has appended is found at once", "[store][index]") {
    const Folder home{3};
    const auto mine = home.refreshed();
    const auto others = home.refreshed();
    append_up_to(*others.index(), 399'999);
    CHECK(mine.index()->find(399'999) == 399'998U);
}

TEST_CASE("After a crash octets of the heap that never came to the disk cost no UID", "[store][index]") {
    const Folder home{3};
    (void)home.refreshed();
    auto heap = home.read(store::heap_name);
    const auto name = heap.find("2.a");
    REQUIRE(name != std::string::npos);
    struct Case {
        const char* what;
        std::string octets;
    };
    const auto c = GENERATE(values<Case>({{"zeros", std::string(3, '\0')}, {"another name", "9.x"}, {"a way out", "../"}}));
    CAPTURE(c.what);
    heap.replace(name, 3, c.octets);
    home.put(store::heap_name, heap);
    mark_crash(home);
    CHECK(listing(*home.refreshed().index()) == all);
    CHECK(std::filesystem::exists(home.home / "cur/2.a:2,"));
}

TEST_CASE("An index that was copied into its place is checked", "[store][index]") {
    const Folder home{3};
    (void)home.refreshed();
    const auto old = home.read(store::index_name);
    std::filesystem::rename(home.home / "cur/2.a:2,", home.home / "cur/2.a:2,S");
    REQUIRE(home.refreshed().refresh(Access::select, store::Look::anyway));
    std::filesystem::remove(home.home / store::index_name);
    home.put(store::index_name, old);
    CHECK(listing(*home.refreshed().index()) == Listing{"1 1.a:2,", "2 2.a:2,S", "3 3.a:2,"});
}

TEST_CASE("A heap of another time is checked against dovecot-uidlist", "[store][index]") {
    const Folder home{3};
    (void)home.refreshed();
    auto heap = home.read(store::heap_name);
    heap.replace(heap.find("2.a"), 3, "9.x");
    std::filesystem::remove(home.home / store::heap_name);
    home.put(store::heap_name, heap);
    CHECK(listing(*home.refreshed().index()) == all);
}

TEST_CASE("A record that nobody has sealed is noticed when the folder is read", "[store][index]") {
    const Folder home{3};
    auto folder = home.refreshed();
    (*folder.index())[1].uid = 3;
    REQUIRE(folder.refresh(Access::select, store::Look::anyway));
    CHECK(listing(*folder.index()) == all);
}

TEST_CASE("An index that somebody has cut short is made anew, and not read", "[store][index]") {
    const Folder home{3};
    auto folder = home.refreshed();
    const auto old = folder.index();
    const auto* name = GENERATE(store::index_name, store::heap_name);
    CAPTURE(name);
    std::filesystem::resize_file(home.home / name, 0);
    CHECK(old->is_cut_short());
    REQUIRE(folder.refresh(Access::select));
    CHECK(listing(*folder.index()) == all);
    CHECK_FALSE(folder.index()->is_cut_short());
    CHECK(folder.index()->is_current());
}

TEST_CASE("A header that can't be is of no index", "[store][index]") {
    const Folder home{3};
    const auto validity = home.refreshed().uid_validity();
    struct Case {
        const char* what;
        std::function<void(store::IndexHeader&)> apply;
    };
    const std::vector<Case> cases{
        {"no UID comes next", [](auto& h) { h.next_uid = 0; }},
        {"there are more records than UIDs", [](auto& h) { h.count = 4; }},
        {"the next UID is taken", [](auto& h) { h.next_uid = 3; }},
        {"no mod-sequence is so large (RFC 7162 section 3.1.1)", [](auto& h) { h.highest_modseq = UINT64_MAX; }},
        {"no folder is called so", [](auto& h) { h.guid[3] = '\r'; }},
        {"the heap has lost its end", [](auto& h) { h.heap_scanned = 1U << 20; }},
    };
    for (const auto& c : cases) {
        CAPTURE(c.what);
        auto text = home.read(store::index_name);
        c.apply(*reinterpret_cast<store::IndexHeader*>(text.data()));
        home.put(store::index_name, text);
        const auto folder = home.refreshed();
        CHECK(listing(*folder.index()) == all);
        CHECK(folder.uid_validity() == validity);
        CHECK(folder.index()->header().next_uid == 4);
        CHECK(folder.index()->header().highest_modseq < INT64_MAX);
    }
}

TEST_CASE("A torn log of expunges begins anew, and says so", "[store][index][rfc7162-3.2.7]") {
    const Folder home{3};
    auto folder = home.refreshed();
    const auto first = folder.expunge(Uids{1}, IndexedFolder::Which::all).value().modseq;
    home.put("mailpipe-expunged", home.read("mailpipe-expunged") + "torn");
    CHECK_FALSE(folder.expunged_since(first));
    const auto second = folder.expunge(Uids{2}, IndexedFolder::Which::all).value().modseq;
    CHECK_FALSE(folder.expunged_since(second - 1));
    CHECK(folder.expunged_since(second) == Uids{});
    home.put("mailpipe-expunged", "");
    CHECK_FALSE(folder.expunged_since(second));
    std::filesystem::remove(home.home / "mailpipe-expunged");
    const auto third = folder.expunge(Uids{3}, IndexedFolder::Which::all).value().modseq;
    CHECK_FALSE(folder.expunged_since(second));
    CHECK(folder.expunged_since(third) == Uids{});
}

TEST_CASE("Expunges that came into the index, but not into the log, are told", "[store][index][rfc7162-3.2.7]") {
    const Folder home{3};
    std::uint64_t before = 0;
    {
        auto folder = home.refreshed();
        before = folder.expunge(Uids{1}, IndexedFolder::Which::all).value().modseq;
        const auto log = home.read("mailpipe-expunged");
        REQUIRE(folder.expunge(Uids{3}, IndexedFolder::Which::all));
        home.put("mailpipe-expunged", log);  // killed before it
    }
    mark_crash(home);
    const auto folder = home.refreshed();
    CHECK(folder.expunged_since(before) == Uids{3});
    CHECK(folder.expunged_since(before - 1) == Uids{1, 3});
}

TEST_CASE("A message that is there has not vanished, whatever the log says", "[store][index][rfc7162-3.2.7]") {
    const Folder home{3};
    auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;
    REQUIRE(folder.expunge(Uids{1}, IndexedFolder::Which::all));
    ExpungeLog{folder.directory()}.append(Uids{2}, folder.index()->header().highest_modseq);
    CHECK(folder.expunged_since(before) == Uids{1});
}

TEST_CASE("An index that counts the expunged wrong is made anew", "[store][index]") {
    const Folder home{3};
    auto folder = home.refreshed();
    REQUIRE(folder.expunge(Uids{1}, IndexedFolder::Which::all));
    folder.index()->header().expunged = 0;
    REQUIRE(folder.refresh(Access::select, store::Look::anyway));
    CHECK(store::View{folder.index()}.size() == 2);
    CHECK(folder.index()->header().expunged == folder.index()->count_expunged());
}

TEST_CASE("Messages whose names the heap has lost keep their UIDs", "[store][index][rfc9051-2.3.1.1]") {
    const Folder home{3};
    (void)home.refreshed();
    auto heap = home.read(store::heap_name);
    const auto at = heap.find("2.a");
    REQUIRE(at != heap.npos);
    heap.replace(at, 3, 3, '\0');
    {
        std::fstream file{home.home / store::heap_name, std::ios::in | std::ios::out | std::ios::binary};  // the same file
        file << heap;
    }
    auto folder = home.refreshed();
    CHECK_FALSE(folder.open_message(9));
    REQUIRE(folder.refresh(Access::select, store::Look::anyway));
    CHECK(listing(*folder.index()) == all);
}
