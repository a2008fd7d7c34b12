// SPDX-License-Identifier: ISC
#include "store/index/indexed_folder.hpp"

#include <fcntl.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "base/files.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_pair.hpp"
#include "store/uid_file.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using store::Access;
using store::FlagChange;
using store::IndexedFolder;
using store::Look;
using test::Folder;
using test::Listing;
using test::listing;
using Which = store::IndexedFolder::Which;
using Uids = std::vector<std::uint32_t>;
namespace flag = mailpipe::store::flag;

namespace {

std::vector<std::string> texts_in_cur(const Folder& folder) {
    std::vector<std::string> texts;
    for (const auto& entry : std::filesystem::directory_iterator{folder.home / "cur"}) texts.push_back(read_file(entry.path(), 100).value());
    std::ranges::sort(texts);
    return texts;
}

}  // namespace

TEST_CASE("At the first look all messages get UIDs, the older ones first, and move to cur/", "[store][index]") {
    const Folder home;
    home.put("new/2.M1P1.mx,S=2,W=3");
    home.put("cur/1.M1P1.mx,S=2,W=3:2,S");
    home.put("cur/3.M1P1.mx:2,");
    const auto folder = home.refreshed();
    CHECK(listing(*folder.index()) == Listing{"1 1.M1P1.mx,S=2,W=3:2,S", "2 2.M1P1.mx,S=2,W=3:2,", "3 3.M1P1.mx:2,"});
    CHECK(home.has("cur/2.M1P1.mx,S=2,W=3:2,"));
    CHECK(folder.uid_validity() != 0);
    CHECK(home.read("dovecot-uidlist").find("\n3 :3.M1P1.mx\n") != std::string::npos);
    CHECK(folder.index()->header().first_recent == 2);
}

TEST_CASE("When no UIDs are left all begins anew under another UIDVALIDITY, for the index too", "[store][index][rfc3501-2.3.1.1]") {
    const Folder home;
    home.put("dovecot-uidlist", "3 V4000000000 N4294967294 G" + std::string(32, 'b') + "\n4294967293 G" + std::string(40, 'a') + " :1.mx\n");
    home.put("cur/1.mx:2,");
    home.put("cur/2.mx:2,");
    const auto folder = home.refreshed();
    CHECK(listing(*folder.index()) == Listing{"1 1.mx:2,", "2 2.mx:2,"});
    CHECK(folder.uid_validity() == 4000000001);
    CHECK(folder.index()->guid((*folder.index())[0]) == "1.mx");
}

TEST_CASE("When no UIDs are left and somebody has deleted dovecot-uidlist, all begins anew", "[store][index][rfc3501-2.3.1.1]") {
    const Folder home{1};
    home.put("dovecot-uidlist", "3 V4000000000 N4294967294 G" + std::string(32, 'b') + "\n4294967293 :1.a\n");
    auto folder = home.refreshed();
    home.remove("dovecot-uidlist");
    for (const auto* name : {"cur/2.a:2,", "cur/3.a:2,", "cur/4.a:2,"}) home.put(name);
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,", "2 2.a:2,", "3 3.a:2,", "4 4.a:2,"});
    CHECK(folder.uid_validity() == 4000000001);
    CHECK(home.read("dovecot-uidlist").find(" G" + std::string(32, 'b') + "\n") != std::string::npos);
}

TEST_CASE("Two files with one base name are two messages", "[store][index]") {
    const Folder home;
    const auto [first, second] = GENERATE(table<std::string, std::string>({{"new/1.a,S=2", "cur/1.a,S=2:2,"}, {"cur/1.a,S=2:2,F", "cur/1.a,S=2:2,"}}));
    home.put(first, "first\n");
    home.put(second, "second\n");
    const auto folder = home.refreshed();
    CHECK(listing(*folder.index()).size() == 2);
    CHECK(texts_in_cur(home) == std::vector<std::string>{"first\n", "second\n"});
}

TEST_CASE("A new file with the base name of an old message takes neither its file nor its UID", "[store][index]") {
    const Folder home{2, "S"};
    auto folder = home.refreshed();
    home.put("new/1.a", "another\n");
    REQUIRE(folder.refresh(Access::select));
    REQUIRE(folder.index()->size() == 3);
    CHECK(listing(*folder.index())[0] == "1 1.a:2,S");
    CHECK(home.read("cur/1.a:2,S") == "a\n");
    CHECK(home.read("cur/" + store::file_name(*folder.index(), (*folder.index())[2])) == "another\n");
}

TEST_CASE("Two names of one file are one message", "[store][index]") {
    const Folder home{1};
    std::filesystem::create_hard_link(home.home / "cur/1.a:2,", home.home / "new/1.a");
    const auto folder = home.refreshed();
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,"});
    CHECK_FALSE(home.has("new/1.a"));
}

TEST_CASE("A message's new flags replace no other file", "[store][index]") {
    const Folder home{1};
    auto folder = home.refreshed();
    home.put("cur/1.a:2,S", "another\n");
    REQUIRE(folder.store(Uids{1}, {FlagChange::How::add, flag::seen, 0}));
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(*folder.index()).size() == 2);
    CHECK(texts_in_cur(home) == std::vector<std::string>{"a\n", "another\n"});
}

TEST_CASE("Who examines a folder leaves new/ as it is", "[store][index][rfc9051-6.3.3]") {
    const Folder home;
    home.put("new/2.M1P1.mx,S=2,W=3");
    CHECK(listing(*home.refreshed(Access::examine).index()) == Listing{"1 2.M1P1.mx,S=2,W=3"});
    CHECK(home.has("new/2.M1P1.mx,S=2,W=3"));
    CHECK(listing(*home.refreshed().index()) == Listing{"1 2.M1P1.mx,S=2,W=3:2,"});
}

TEST_CASE("What others do is found", "[store][index]") {
    const Folder home;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,S", "cur/3.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;

    home.put("new/4.a");
    home.rename("cur/1.a:2,", "cur/1.a:2,FSb");
    home.remove("cur/2.a:2,S");
    REQUIRE(folder.refresh(Access::select, Look::anyway));

    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,FSb", "3 3.a:2,", "4 4.a:2,"});
    const auto& index = *folder.index();
    CHECK(index[0].modseq > before);
    CHECK(index[0].keywords == 2);
    CHECK(index[2].modseq <= before);  // 3 is as it was
    CHECK(store::ExpungeLog{folder.directory()}.since(before).value() == Uids{2});
}

TEST_CASE("Messages of other servers keep their UIDs, and theirs come later than ours", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    home.put("cur/0.b:2,");  // older, but numbered by another server
    home.put("cur/9.c:2,");
    REQUIRE(store::append_uid_records(folder.directory(), "7 W9 Gxyz :0.b\n"));
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,", "7 0.b:2,", "8 9.c:2,"});
    CHECK(folder.index()->guid((*folder.index())[1]) == "xyz");
    CHECK((*folder.index())[1].wire_octets == 9);
}

TEST_CASE("A message that another server has numbered anew is another message", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    REQUIRE(store::append_uid_records(folder.directory(), "5 :1.a\n"));
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(*folder.index()) == Listing{"5 1.a:2,"});
}

TEST_CASE("Names that flags do not tell are kept as they are", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,SF");       // not sorted
    home.put("cur/2.a:2,PSX,extra"); // letters and fields of others
    home.put("cur/3.a");
    home.put("new/4.a:2,S");
    auto folder = home.refreshed();
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,SF", "2 2.a:2,PSX,extra", "3 3.a", "4 4.a:2,S"});
    REQUIRE(folder.store(Uids{1, 2, 3, 4}, {FlagChange::How::add, flag::answered, 1}));
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,FRSa", "2 2.a:2,PRSXa,extra", "3 3.a:2,Ra", "4 4.a:2,RSa"});
    for (const auto* name : {"cur/1.a:2,FRSa", "cur/2.a:2,PRSXa,extra", "cur/3.a:2,Ra", "cur/4.a:2,RSa"}) CHECK(home.has(name));
}

TEST_CASE("The index may be deleted at any time: only time is lost", "[store][index]") {
    const Folder home;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,S", "cur/3.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    REQUIRE(folder.expunge(Uids{2}, Which::all));
    const auto validity = folder.uid_validity();
    const auto modseq = folder.index()->header().highest_modseq;
    home.remove("mailpipe-index");

    const auto again = home.refreshed();
    CHECK(again.uid_validity() == validity);
    CHECK(listing(*again.index()) == Listing{"1 1.a:2,", "3 3.a:2,"});
    CHECK(again.index()->header().next_uid == 4);
    CHECK(again.index()->header().highest_modseq > modseq);
    CHECK_FALSE(store::ExpungeLog{again.directory()}.since(modseq));
}

TEST_CASE("A damaged index is made anew", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    home.put("cur/2.a:2,");
    const auto validity = home.refreshed().uid_validity();
    auto text = home.read("mailpipe-index");
    struct Damage {
        std::string_view name;
        std::function<void(std::string&)> apply;
    };
    const auto uid_at = store::header_octets;
    const auto header = [](std::string& file) { return reinterpret_cast<store::IndexHeader*>(file.data()); };
    const std::vector<Damage> damages{
        {"a record, after a crash", [&](auto& t) { t[uid_at + 4] ^= 1; header(t)->boot[0] ^= 1; }},
        {"a record, by a writer that died", [&](auto& t) { t[uid_at + 4] ^= 1; header(t)->is_changing = 1; }},
        {"the beginning", [&](auto& t) { t[0] ^= 1; }},
        {"the count", [&](auto& t) { header(t)->count = 1U << 30; }},
        {"cut", [&](auto& t) { t.resize(store::header_octets + 10); }},
        {"empty", [&](auto& t) { t.clear(); }},
        {"another heap", [&](auto& t) { header(t)->generation ^= 1; }},
    };
    for (const auto& damage : damages) {
        CAPTURE(damage.name);
        auto damaged = text;
        damage.apply(damaged);
        std::ofstream{home.home / "mailpipe-index"} << damaged;
        const auto folder = home.refreshed();
        CHECK(listing(*folder.index()) == Listing{"1 1.a:2,", "2 2.a:2,"});
        CHECK(folder.uid_validity() == validity);
        text = home.read("mailpipe-index");
    }
}

TEST_CASE("After a crash of the host a sound index is used again, but the folder is read", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    home.put("cur/2.a:2,");
    std::uint64_t modseq = 0;
    {
        auto folder = home.refreshed();
        REQUIRE(folder.internal_date(1));
        modseq = folder.index()->header().highest_modseq;
    }
    auto text = home.read("mailpipe-index");
    reinterpret_cast<store::IndexHeader*>(text.data())->boot[0] ^= 1;
    reinterpret_cast<store::Record*>(text.data() + store::header_octets)->internal_date = 5;  // never came to the disk
    std::ofstream{home.home / "mailpipe-index"} << text;
    const auto folder = home.refreshed();
    CHECK(folder.index()->header().highest_modseq == modseq);
    CHECK((*folder.index())[0].internal_date == store::Record::unknown_date);
}

TEST_CASE("A uidlist that was deleted is made out of the index", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    home.put("cur/2.a:2,");
    auto folder = home.refreshed();
    REQUIRE(folder.expunge(Uids{1}, Which::all));
    const auto validity = folder.uid_validity();
    home.remove("dovecot-uidlist");
    home.put("cur/3.a:2,");
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(*folder.index()) == Listing{"2 2.a:2,", "3 3.a:2,"});
    CHECK(folder.uid_validity() == validity);
    home.remove("mailpipe-index");
    CHECK(listing(*home.refreshed().index()) == Listing{"2 2.a:2,", "3 3.a:2,"});
}

TEST_CASE("Where no file can be made the index is in memory", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    std::filesystem::create_directory(home.home / "index");
    auto folder = IndexedFolder::open({open_directory(home.home.path()).value(), open_directory(home.home.path()).value(),
                                       open_directory(home.home / "index").value(), "mx"},
                                      system_clock());
    REQUIRE(folder);
    std::filesystem::remove(home.home / "index");  // now nothing can be created in it
    REQUIRE(folder->refresh(Access::select));
    CHECK(folder->index()->is_in_memory());
    home.put("new/2.a");
    REQUIRE(folder->refresh(Access::select, Look::anyway));
    CHECK(listing(*folder->index()) == Listing{"1 1.a:2,", "2 2.a:2,"});
}

TEST_CASE("An index that is made anew goes on above the old one's mod-sequences, whatever the clock says", "[store][index][rfc7162-3.1]") {
    const Folder home{2};
    const auto late = store::modseq_of(system_clock().now()) + 3'600'000'000;  // it was an hour ahead
    {
        auto folder = home.refreshed();
        folder.index()->publish_modseq(late);
        folder.index()->header().expunged = 7;  // it is damaged
        REQUIRE(folder.refresh(Access::select, Look::anyway));
        CHECK(folder.index()->header().highest_modseq > late);
    }
    store::ExpungeLog{open_directory(home.home.path()).value()}.append(std::vector<std::uint32_t>{9}, 2 * late);
    home.remove("mailpipe-index");
    CHECK(home.refreshed().index()->header().highest_modseq > 2 * late);
}

TEST_CASE("On a network's file system nothing is mapped", "[store][index]") {
    constexpr std::uint64_t nfs = 0x6969, ext4 = 0xef53, tmpfs = 0x01021994, fuse = 0x65735546;
    CHECK(store::is_network_file_system(nfs));
    CHECK(store::is_network_file_system(fuse));
    CHECK_FALSE(store::is_network_file_system(ext4));
    CHECK_FALSE(store::is_network_file_system(tmpfs));
}
