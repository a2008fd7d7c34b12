// SPDX-License-Identifier: ISC
#include "store/index/indexed_folder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "base/files.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_name.hpp"
#include "store/index/view.hpp"
#include "store/uid_file.hpp"
#include "support/catch.hpp"
#include "support/file_size_limit.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using store::Access;
using store::FlagChange;
using store::IndexedFolder;
using store::Look;
using Which = store::IndexedFolder::Which;

namespace {

namespace flag = store::flag;

struct Home {
    Home() {
        for (const auto* part : {"/new", "/cur", "/tmp"}) REQUIRE(make_directories(home.path() + part));
    }
    void put(const std::string& name, const std::string& text = "a\n") const { std::ofstream{home / name} << text; }
    void rename(const std::string& from, const std::string& to) const { std::filesystem::rename(home / from, home / to); }
    void remove(const std::string& name) const { REQUIRE(std::filesystem::remove(home / name)); }
    bool has(const std::string& name) const { return std::filesystem::exists(home / name); }
    std::string read(const std::string& name) const { return read_file(home / name, 1 << 24).value_or("nothing"); }
    IndexedFolder open() const {
        auto folder = IndexedFolder::open({open_directory(home.path()).value(), open_directory(home.path()).value(),
                                           open_directory(home.path()).value(), "mx"},
                                          system_clock());
        REQUIRE(folder);
        return std::move(*folder);
    }
    IndexedFolder refreshed(Access access = Access::select) const {
        auto folder = open();
        REQUIRE(folder.refresh(access));
        return folder;
    }

    test::TempDir home;
};

/// "1 base:2,S" for each message that is there, in the order of the index.
std::vector<std::string> listing(const IndexedFolder& folder) {
    std::vector<std::string> list;
    const auto& index = *folder.index();
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (index[i].is_expunged()) continue;
        list.push_back(std::to_string(index[i].uid) + " " + store::file_name(index, index[i]));
    }
    return list;
}
using Listing = std::vector<std::string>;

using Uids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("At the first look all messages get UIDs, the older ones first, and move to cur/", "[store][index]") {
    const Home home;
    home.put("new/2.M1P1.mx,S=2,W=3");
    home.put("cur/1.M1P1.mx,S=2,W=3:2,S");
    home.put("cur/3.M1P1.mx:2,");
    const auto folder = home.refreshed();
    CHECK(listing(folder) == Listing{"1 1.M1P1.mx,S=2,W=3:2,S", "2 2.M1P1.mx,S=2,W=3:2,", "3 3.M1P1.mx:2,"});
    CHECK(home.has("cur/2.M1P1.mx,S=2,W=3:2,"));
    CHECK(folder.uid_validity() != 0);
    CHECK(home.read("dovecot-uidlist").find("\n3 :3.M1P1.mx\n") != std::string::npos);
    CHECK(folder.index()->header().first_recent == 2);
}

TEST_CASE("Who examines a folder leaves new/ as it is", "[store][index][rfc9051-6.3.3]") {
    const Home home;
    home.put("new/2.M1P1.mx,S=2,W=3");
    CHECK(listing(home.refreshed(Access::examine)) == Listing{"1 2.M1P1.mx,S=2,W=3"});
    CHECK(home.has("new/2.M1P1.mx,S=2,W=3"));
    CHECK(listing(home.refreshed()) == Listing{"1 2.M1P1.mx,S=2,W=3:2,"});
}

TEST_CASE("What others do is found", "[store][index]") {
    const Home home;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,S", "cur/3.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;

    home.put("new/4.a");
    home.rename("cur/1.a:2,", "cur/1.a:2,FSb");
    home.remove("cur/2.a:2,S");
    REQUIRE(folder.refresh(Access::select, Look::anyway));

    CHECK(listing(folder) == Listing{"1 1.a:2,FSb", "3 3.a:2,", "4 4.a:2,"});
    const auto& index = *folder.index();
    CHECK(index[0].modseq > before);
    CHECK(index[0].keywords == 2);
    CHECK(index[2].modseq <= before);  // 3 is as it was
    CHECK(store::ExpungeLog{folder.directory()}.since(before).value() == Uids{2});
}

TEST_CASE("Messages of other servers keep their UIDs, and theirs come later than ours", "[store][index]") {
    const Home home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    home.put("cur/0.b:2,");  // older, but numbered by another server
    home.put("cur/9.c:2,");
    REQUIRE(store::append_uid_records(folder.directory(), "7 W9 Gxyz :0.b\n"));
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(folder) == Listing{"1 1.a:2,", "7 0.b:2,", "8 9.c:2,"});
    CHECK(folder.index()->guid((*folder.index())[1]) == "xyz");
    CHECK((*folder.index())[1].wire_octets == 9);
}

TEST_CASE("A message that another server has numbered anew is another message", "[store][index]") {
    const Home home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    REQUIRE(store::append_uid_records(folder.directory(), "5 :1.a\n"));
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(folder) == Listing{"5 1.a:2,"});
}

TEST_CASE("Names that flags do not tell are kept as they are", "[store][index]") {
    const Home home;
    home.put("cur/1.a:2,SF");       // not sorted
    home.put("cur/2.a:2,PSX,extra"); // letters and fields of others
    home.put("cur/3.a");
    home.put("new/4.a:2,S");
    auto folder = home.refreshed();
    CHECK(listing(folder) == Listing{"1 1.a:2,SF", "2 2.a:2,PSX,extra", "3 3.a", "4 4.a:2,S"});
    REQUIRE(folder.store(Uids{1, 2, 3, 4}, {FlagChange::How::add, flag::answered, 1}));
    CHECK(listing(folder) == Listing{"1 1.a:2,FRSa", "2 2.a:2,PRSXa,extra", "3 3.a:2,Ra", "4 4.a:2,RSa"});
    for (const auto* name : {"cur/1.a:2,FRSa", "cur/2.a:2,PRSXa,extra", "cur/3.a:2,Ra", "cur/4.a:2,RSa"}) CHECK(home.has(name));
}

TEST_CASE("The index may be deleted at any time: only time is lost", "[store][index]") {
    const Home home;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,S", "cur/3.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    REQUIRE(folder.expunge(Uids{2}, Which::all));
    const auto validity = folder.uid_validity();
    const auto modseq = folder.index()->header().highest_modseq;
    home.remove("mailpipe-index");

    const auto again = home.refreshed();
    CHECK(again.uid_validity() == validity);
    CHECK(listing(again) == Listing{"1 1.a:2,", "3 3.a:2,"});
    CHECK(again.index()->header().next_uid == 4);
    CHECK(again.index()->header().highest_modseq > modseq);
    CHECK_FALSE(store::ExpungeLog{again.directory()}.since(modseq));
}

TEST_CASE("A damaged index is made anew", "[store][index]") {
    const Home home;
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
        CHECK(listing(folder) == Listing{"1 1.a:2,", "2 2.a:2,"});
        CHECK(folder.uid_validity() == validity);
        text = home.read("mailpipe-index");
    }
}

TEST_CASE("After a crash of the host a sound index is used again, but the folder is read", "[store][index]") {
    const Home home;
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
    const Home home;
    home.put("cur/1.a:2,");
    home.put("cur/2.a:2,");
    auto folder = home.refreshed();
    REQUIRE(folder.expunge(Uids{1}, Which::all));
    const auto validity = folder.uid_validity();
    home.remove("dovecot-uidlist");
    home.put("cur/3.a:2,");
    REQUIRE(folder.refresh(Access::select, Look::anyway));
    CHECK(listing(folder) == Listing{"2 2.a:2,", "3 3.a:2,"});
    CHECK(folder.uid_validity() == validity);
    home.remove("mailpipe-index");
    CHECK(listing(home.refreshed()) == Listing{"2 2.a:2,", "3 3.a:2,"});
}

TEST_CASE("STORE changes names, and says what it did not store", "[store][index][rfc7162-3.1.3]") {
    const Home home;
    for (const auto* name : {"cur/1.a:2,S", "cur/2.a:2,", "cur/3.a:2,P"}) home.put(name);
    auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;
    const auto added = folder.store(Uids{2, 3, 99}, {FlagChange::How::add, flag::deleted, 0});
    REQUIRE(added);
    CHECK(added->turns.at(0).before == before);
    CHECK(added->turns.at(0).modseq > before);
    CHECK(listing(folder) == Listing{"1 1.a:2,S", "2 2.a:2,T", "3 3.a:2,PT"});
    const auto late = folder.store(Uids{1, 2}, {FlagChange::How::replace, flag::flagged, 0}, before);
    REQUIRE(late);
    CHECK(late->modified == Uids{2});
    CHECK(listing(folder) == Listing{"1 1.a:2,F", "2 2.a:2,T", "3 3.a:2,PT"});
    REQUIRE(folder.store(Uids{1, 2, 3}, {FlagChange::How::remove, flag::deleted | flag::flagged, 0}));
    CHECK(listing(folder) == Listing{"1 1.a:2,", "2 2.a:2,", "3 3.a:2,P"});
    CHECK(folder.store(Uids{1}, {FlagChange::How::remove, flag::deleted, 0})->turns.empty());  // nothing to do
}

TEST_CASE("STORE and EXPUNGE find messages that others have renamed meanwhile", "[store][index]") {
    const Home home;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    home.rename("cur/1.a:2,", "cur/1.a:2,R");
    home.rename("cur/2.a:2,", "cur/2.a:2,F");
    // As if it had happened within one tick of the clock.
    auto& header = folder.index()->header();
    struct stat st {};
    REQUIRE(::stat((home.home / "cur").c_str(), &st) == 0);
    header.cur_directory = {st.st_mtim.tv_sec, st.st_mtim.tv_nsec, 1};
    REQUIRE(folder.store(Uids{1}, {FlagChange::How::add, flag::seen, 0}));
    CHECK(home.has("cur/1.a:2,RS"));
    home.rename("cur/2.a:2,F", "cur/2.a:2,FT");
    REQUIRE(::stat((home.home / "cur").c_str(), &st) == 0);
    header.cur_directory = {st.st_mtim.tv_sec, st.st_mtim.tv_nsec, 1};
    CHECK(folder.expunge(Uids{2}, Which::all)->uids == Uids{2});
    CHECK(listing(folder) == Listing{"1 1.a:2,RS"});
    CHECK_FALSE(home.has("cur/2.a:2,FT"));
}

TEST_CASE("Messages are added all or none, with flags and date", "[store][index][rfc3502]") {
    const Home home;
    auto folder = home.refreshed();
    std::vector<store::Incoming> messages;
    for (int i = 0; i < 2; ++i) {
        auto file = folder.begin_message();
        REQUIRE(file);
        REQUIRE(file->write("Subject: x\n\nbody\n"));
        messages.push_back({std::move(*file), 20, i == 0 ? flag::seen : 0U, 0, 1'000'000'000});
    }
    CHECK(folder.add(messages).value() == Uids{1, 2});
    const auto& index = *folder.index();
    CHECK(index[0].internal_date == 1'000'000'000);
    CHECK(index[0].octets == 17);
    CHECK(index[0].wire_octets == 20);
    struct stat st {};
    REQUIRE(::stat((home.home / ("cur/" + store::file_name(index, index[0]))).c_str(), &st) == 0);
    CHECK(st.st_mtime == 1'000'000'000);
    home.remove("mailpipe-index");
    CHECK(listing(home.refreshed()) == listing(folder));
}

TEST_CASE("Copies keep flags, date and GUID; what the index keeps of them too", "[store][index][rfc9051-6.4.7]") {
    const Home from;
    const Home to;
    from.put("cur/1.a,S=2,W=3:2,FSb");
    from.put("cur/2.a:2,");
    auto source = from.refreshed();
    auto target = to.refreshed();
    {
        store::EntryBatch batch{*source.index()};
        batch.add(1, store::EntryKind::summary, "summary");
    }
    const auto copied = source.copy(Uids{1, 2, 7}, target, [](std::uint32_t keywords) { return keywords << 1; });
    REQUIRE(copied);
    CHECK(copied->from == Uids{1, 2});
    CHECK(copied->to == Uids{1, 2});
    auto& index = *target.index();
    CHECK(index[0].flags == (flag::flagged | flag::seen));
    CHECK(index[0].keywords == 4);
    CHECK(index.guid(index[0]) == "1.a,S=2,W=3");
    CHECK(index.base(index[0]) != "1.a,S=2,W=3");
    CHECK(store::kept(index, index[0], store::EntryKind::summary) == "summary");
    CHECK_FALSE(store::kept(index, index[1], store::EntryKind::summary));
    to.remove("mailpipe-index");
    const auto again = to.refreshed();
    CHECK(again.index()->guid((*again.index())[0]) == "1.a,S=2,W=3");
}

TEST_CASE("A message whose UID does not come to the disk is found again, and no UID is given twice", "[store][index]") {
    const Home home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    home.put("new/2.a");
    const auto octets = home.read("dovecot-uidlist").size();
    {
        const test::FileSizeLimit limit{octets + 3};  // the line is torn
        REQUIRE(folder.refresh(Access::select, Look::anyway));
        CHECK(listing(folder) == Listing{"1 1.a:2,"});
    }
    REQUIRE(folder.refresh(Access::select));
    CHECK(listing(folder) == Listing{"1 1.a:2,", "2 2.a:2,"});
    home.remove("mailpipe-index");
    CHECK(listing(home.refreshed()) == listing(folder));
}

TEST_CASE("After a message could not be added the next one's UID is the one on disk", "[store][index]") {
    const Home home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    const auto add = [&] {
        std::vector<store::Incoming> messages;
        auto file = folder.begin_message();
        REQUIRE(file);
        REQUIRE(file->write("a\n"));
        messages.push_back({std::move(*file), 3, 0, 0, {}});
        return folder.add(messages);
    };
    const auto octets = home.read("dovecot-uidlist").size();
    {
        const test::FileSizeLimit limit{octets + 3};
        CHECK_FALSE(add());
    }
    CHECK(add().value() == Uids{2});  // nobody was told of the torn one
    CHECK(listing(folder).size() == 2);
    home.remove("mailpipe-index");
    CHECK(listing(home.refreshed()) == listing(folder));
}

TEST_CASE("What cannot be copied leaves nothing behind", "[store][index]") {
    const Home from;
    const Home to;
    from.put("cur/1.a:2,");
    auto source = from.refreshed();
    auto target = to.refreshed();
    std::filesystem::rename(to.home / "dovecot-uidlist", to.home / "x");
    std::filesystem::create_directory(to.home / "dovecot-uidlist");  // can't be written
    CHECK_FALSE(source.copy(Uids{1}, target, [](std::uint32_t k) { return k; }));
    CHECK(std::filesystem::is_empty(to.home / "cur"));
}

TEST_CASE("Where no file can be made the index is in memory", "[store][index]") {
    const Home home;
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
    CHECK(listing(*folder) == Listing{"1 1.a:2,", "2 2.a:2,"});
}

TEST_CASE("A session sees another one's changes in the same index", "[store][index]") {
    const Home home;
    for (int i = 1; i <= 5; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto mine = home.refreshed();
    auto others = home.refreshed();
    store::View view{mine.index()};
    CHECK(view.size() == 5);

    REQUIRE(others.expunge(Uids{2, 4}, Which::all));
    REQUIRE(others.store(Uids{5}, {FlagChange::How::add, flag::seen, 0}));
    home.put("new/6.a");
    REQUIRE(mine.refresh(Access::select, Look::anyway));

    auto changes = view.catch_up(mine.index(), store::Expunges::keep_back);
    CHECK(changes.expunged.empty());
    CHECK(changes.has_new);
    CHECK(changes.changed == Uids{5});
    CHECK(view.size() == 6);
    CHECK(view.record(5).uid == 5);

    changes = view.catch_up(mine.index(), store::Expunges::tell);
    CHECK(changes.expunged == Uids{4, 2});
    CHECK(changes.vanished == Uids{2, 4});
    CHECK(changes.changed.empty());
    CHECK(view.size() == 4);
    CHECK(view.record(1).uid == 1);
    CHECK(view.record(2).uid == 3);
    CHECK(view.record(3).uid == 5);
    CHECK(view.record(4).uid == 6);
    CHECK(view.sequence_of(5) == 3);
    CHECK_FALSE(view.sequence_of(4));
    CHECK(view.count_below(5) == 2);
    CHECK(view.largest_uid() == 6);
}

TEST_CASE("A session is not told of its own changes", "[store][index]") {
    const Home home;
    for (int i = 1; i <= 3; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto mine = home.refreshed();
    auto others = home.refreshed();
    store::View view{mine.index()};
    const auto theirs = others.store(Uids{1}, {FlagChange::How::add, flag::seen, 0});
    const auto own = mine.store(Uids{2}, {FlagChange::How::add, flag::seen, 0});
    REQUIRE(own->turns.size() == 1);
    view.told(own->turns[0].before, own->turns[0].modseq);
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).changed == Uids{1});
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).changed.empty());
}

TEST_CASE("A session keeps its numbers when the index is made anew", "[store][index]") {
    const Home home;
    for (int i = 1; i <= 5; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto mine = home.refreshed();
    store::View view{mine.index()};
    home.remove("mailpipe-index");
    auto others = home.refreshed();
    REQUIRE(others.expunge(Uids{1, 3}, Which::all));
    REQUIRE(others.store(Uids{4}, {FlagChange::How::add, flag::seen, 0}));
    home.put("new/6.a");
    REQUIRE(mine.refresh(Access::select));
    CHECK(mine.index() != nullptr);

    auto changes = view.catch_up(mine.index(), store::Expunges::keep_back);
    CHECK(changes.expunged.empty());
    CHECK(changes.changed == Uids{4});
    CHECK(view.size() == 5);
    CHECK(view.record(3).uid == 3);
    CHECK(view.record(3).is_expunged());
    CHECK(view.record(4).flags == flag::seen);
    CHECK(view.catch_up(mine.index(), store::Expunges::keep_back).changed.empty());
    changes = view.catch_up(mine.index(), store::Expunges::tell);
    CHECK(changes.expunged == Uids{3, 1});
    CHECK(changes.vanished == Uids{1, 3});
    CHECK(changes.changed.empty());
    CHECK(changes.has_new);
    CHECK(view.size() == 4);
    CHECK(view.record(4).uid == 6);
}

TEST_CASE("The log of expunges keeps the younger half when it becomes too long", "[store][index][rfc7162-5]") {
    const Home home;
    const auto directory = open_directory(home.home.path()).value();
    const store::ExpungeLog log{directory};
    log.begin(10);
    CHECK_FALSE(log.since(9));
    CHECK(log.since(10).value().empty());
    Uids uids(store::ExpungeLog::max_entries);
    std::iota(uids.begin(), uids.end(), 1);
    log.append(uids, 20);
    log.append(Uids{70'000}, 30);
    CHECK(log.since(20).value() == Uids{70'000});
    CHECK_FALSE(log.since(19));
}

TEST_CASE("What others change in the middle of a STORE is told, and not what it changes itself", "[store][index][rfc9051-7.5.2]") {
    const Home home;
    for (int i = 1; i <= 3; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto mine = home.refreshed();
    store::View view{mine.index()};
    home.rename("cur/2.a:2,", "cur/2.a:2,F");  // found when 2 is not under its name: 1 is stored by then
    home.rename("cur/3.a:2,", "cur/3.a:2,F");
    mine.index()->header().cur_directory.is_settled = 0;
    const auto own = mine.store(Uids{1, 2}, {FlagChange::How::add, flag::seen, 0});
    for (const auto& turn : own->turns) view.told(turn.before, turn.modseq);
    CHECK(own->turns.size() <= 2);
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).changed == Uids{3});
    CHECK(listing(mine) == Listing{"1 1.a:2,S", "2 2.a:2,FS", "3 3.a:2,F"});
}

TEST_CASE("STORE says which messages others had changed before it", "[store][index][rfc9051-6.4.6]") {
    const Home home;
    for (int i = 1; i <= 3; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto mine = home.refreshed();
    auto others = home.refreshed();
    const store::View view{mine.index()};
    REQUIRE(others.store(Uids{2, 3}, {FlagChange::How::add, flag::flagged, 0}));
    CHECK(mine.store(Uids{1, 2}, {FlagChange::How::add, flag::seen, 0}, {}, view.modseq())->overtook == Uids{2});
}

TEST_CASE("A flag that somebody has just set is taken away", "[store][index]") {
    const Home home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    home.rename("cur/1.a:2,", "cur/1.a:2,F");  // in the same tick, for all that the index knows
    REQUIRE(folder.store(Uids{1}, {FlagChange::How::remove, flag::flagged, 0}));
    CHECK(home.has("cur/1.a:2,"));
}

TEST_CASE("EXPUNGE leaves what is not \\Deleted any more", "[store][index][rfc9051-6.4.3]") {
    const Home home;
    for (const auto* name : {"cur/1.a:2,T", "cur/2.a:2,T", "cur/3.a:2,"}) home.put(name);
    auto mine = home.refreshed();
    auto others = home.refreshed();
    REQUIRE(others.store(Uids{1}, {FlagChange::How::remove, flag::deleted, 0}));
    CHECK(mine.expunge(Uids{1, 2}, Which::deleted)->uids == Uids{2});
    home.rename("cur/3.a:2,", "cur/3.a:2,T");
    REQUIRE(mine.refresh(Access::select, Look::anyway));
    home.rename("cur/3.a:2,T", "cur/3.a:2,");
    CHECK(mine.expunge(Uids{3}, Which::deleted)->uids.empty());
    CHECK(listing(mine) == Listing{"1 1.a:2,", "3 3.a:2,"});
}

TEST_CASE("Of two sessions that move a message one does", "[store][index][rfc6851]") {
    const Home home;
    const Home there;
    for (const auto* name : {"cur/1.a:2,F", "cur/2.a:2,", "cur/3.a:2,"}) home.put(name);
    auto mine = home.refreshed();
    auto others = home.refreshed();
    auto target = there.refreshed();
    const auto same = [](std::uint32_t keywords) { return keywords; };
    const auto first = others.move(Uids{1, 2}, target, same);
    REQUIRE(first);
    CHECK(first->copied.from == Uids{1, 2});
    CHECK(first->copied.to == Uids{1, 2});
    CHECK_FALSE(first->trouble);
    const auto second = mine.move(Uids{2, 3}, target, same);
    CHECK(second->copied.from == Uids{3});
    CHECK(second->copied.to == Uids{3});
    CHECK(listing(mine).empty());
    CHECK(listing(target).size() == 3);
}

TEST_CASE("A message can be moved to where it is", "[store][index][rfc6851]") {
    const Home home;
    home.put("cur/1.a:2,F");
    auto folder = home.refreshed();
    auto target = home.refreshed();
    const auto moved = folder.move(Uids{1}, target, [](std::uint32_t keywords) { return keywords; });
    CHECK(moved->copied.to == Uids{2});
    REQUIRE(folder.refresh(Access::select));
    CHECK(listing(folder).size() == 1);
    CHECK(folder.index()->find(2));
}

TEST_CASE("What can't be unlinked is not moved", "[store][index][rfc6851]") {
    if (::geteuid() == 0) return;  // who may do everything
    const Home home;
    const Home there;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    auto target = there.refreshed();
    std::filesystem::permissions(home.home / "cur", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto moved = folder.move(Uids{1, 2}, target, [](std::uint32_t keywords) { return keywords; });
    std::filesystem::permissions(home.home / "cur", std::filesystem::perms::owner_all);
    REQUIRE(moved);
    CHECK(moved->trouble);
    CHECK(moved->copied.to.empty());
    CHECK(listing(folder).size() == 2);
    CHECK(listing(target).empty());
    CHECK(std::filesystem::is_empty(there.home / "cur"));
}

TEST_CASE("While an expunge is kept back the view says up to where all was told", "[store][index][rfc7162-3.2]") {
    const Home home;
    for (int i = 1; i <= 3; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto mine = home.refreshed();
    auto others = home.refreshed();
    store::View view{mine.index()};
    const auto expunged = others.expunge(Uids{2}, Which::all);
    REQUIRE(others.store(Uids{3}, {FlagChange::How::add, flag::seen, 0}));
    CHECK(view.catch_up(mine.index(), store::Expunges::keep_back).told_up_to == expunged->modseq - 1);
    CHECK_FALSE(view.catch_up(mine.index(), store::Expunges::tell).told_up_to);
    CHECK_FALSE(view.catch_up(mine.index(), store::Expunges::keep_back).told_up_to);
}

TEST_CASE("What is new to a view has its next UID or a larger one", "[store][index][rfc9051-2.3.1.1]") {
    const Home home;
    home.put("cur/1.a:2,");
    auto mine = home.refreshed();
    auto others = home.refreshed();
    const store::View view{mine.index()};
    CHECK(view.next_uid() == 2);
    home.put("new/2.a");
    REQUIRE(others.refresh(Access::select, Look::anyway));
    CHECK(others.index()->header().next_uid == 3);
    CHECK(view.next_uid() == 2);
}

TEST_CASE("The log of expunges is completed when somebody died in the middle of one", "[store][index][rfc7162-5]") {
    const Home home;
    for (int i = 1; i <= 3; ++i) home.put("cur/" + std::to_string(i) + ".a:2,");
    auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;
    home.remove("cur/2.a:2,");
    folder.index()->begin_change();
    folder.index()->mark_expunged((*folder.index())[1], before + 1);
    REQUIRE(folder.refresh(Access::select));
    CHECK(folder.index()->header().highest_modseq == before + 1);
    CHECK(folder.expunged_since(before) == Uids{2});
    CHECK(folder.expunged_since(before + 1).value().empty());
}

TEST_CASE("A log of expunges that somebody has deleted knows what comes then", "[store][index][rfc7162-5]") {
    const Home home;
    const auto directory = open_directory(home.home.path()).value();
    const store::ExpungeLog log{directory};
    log.begin(10);
    home.remove("mailpipe-expunged");
    log.append(Uids{1}, 20);
    CHECK_FALSE(log.since(19));
    log.append(Uids{2}, 30);
    CHECK(log.since(20).value() == Uids{2});
}
