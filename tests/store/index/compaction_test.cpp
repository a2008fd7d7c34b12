// SPDX-License-Identifier: ISC
#include "store/index/compaction.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/files.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/expunge_log.hpp"
#include "store/index/file_name.hpp"
#include "store/index/indexed_folder.hpp"
#include "store/index/view.hpp"
#include "support/directory.hpp"
#include "support/file_size_limit.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using store::Access;
using store::EntryKind;
using store::FlagChange;
using store::IndexedFolder;
using test::Folder;
using test::Listing;
using test::listing;

namespace {

namespace flag = store::flag;
using Uids = std::vector<std::uint32_t>;

/// Of messages 1 to 5; 2 and 4 are expunged, 1 to 3 have a summary, 5 a structure.
IndexedFolder used(const Folder& home) {
    auto folder = home.refreshed();
    {
        store::EntryBatch batch{*folder.index()};
        for (std::uint32_t uid = 1; uid <= 4; ++uid) batch.add(uid, EntryKind::summary, "summary " + std::to_string(uid));
        batch.add(5, EntryKind::structure, "structure 5");
    }
    REQUIRE(folder.internal_date(3));
    REQUIRE(folder.expunge(Uids{2, 4}, IndexedFolder::Which::all));
    return folder;
}

const Listing all{"1 1.a:2,F", "3 3.a:2,F", "5 5.a:2,F"};

/// As if nearly all of many messages had been expunged.
void waste(store::IndexFile& index) {
    std::vector<store::Record> records;
    std::string names;
    for (std::size_t i = 0; i < 2 * store::least_garbage / sizeof(store::Record); ++i) {
        records.push_back(store::make_record(index.header().next_uid + static_cast<std::uint32_t>(i), "x:2,", store::Place::in_cur, "", names));
    }
    REQUIRE(index.append(records, names));
    for (std::size_t i = index.size() - records.size(); i < index.size(); ++i) index.mark_expunged(index[i], 1);
}

}  // namespace

TEST_CASE("An index is made anew without what is expunged, and keeps the rest", "[store][index]") {
    const Folder home{5, "F"};
    auto folder = used(home);
    const auto old = folder.index();
    const auto made = store::compact(*old, home.directory());
    REQUIRE(made);
    auto& index = **made;
    REQUIRE(index.size() == 3);
    CHECK(listing(index) == all);
    CHECK(store::kept(index, index[0], EntryKind::summary) == "summary 1");
    CHECK_FALSE(store::kept(index, index[0], EntryKind::structure));
    CHECK(store::kept(index, index[1], EntryKind::summary) == "summary 3");
    CHECK(store::kept(index, index[2], EntryKind::structure) == "structure 5");
    CHECK(index[1].internal_date == (*old)[2].internal_date);
    for (const std::uint32_t uid : {1, 3, 5}) CHECK(index[*index.find(uid)].modseq == (*old)[*old->find(uid)].modseq);
    CHECK(index.header().highest_modseq == old->header().highest_modseq);
    CHECK(index.header().next_uid == 6);
    CHECK(index.header().expunged == 0);
    CHECK(index.heap_octets() < old->heap_octets());
    CHECK(index.is_intact());
    CHECK_FALSE(index.must_be_checked());
    CHECK_FALSE(old->is_current());
    CHECK(listing(*old) == all);  // who has it mapped goes on
    CHECK(folder.expunged_since(0) == std::nullopt);
    CHECK(folder.expunged_since((*old)[0].modseq) == Uids{2, 4});

    REQUIRE(folder.refresh(Access::select));
    CHECK(folder.index() != old);
    CHECK(folder.index()->size() == 3);  // nothing had to be read
}

TEST_CASE("What deliver has put into the heap meanwhile is not lost with the garbage", "[store][index]") {
    const Folder home{5, "F"};
    auto folder = used(home);
    REQUIRE(folder.index()->append_heap(store::IndexFile::make_entry(EntryKind::summary, "6.a", "summary 6")));
    REQUIRE(store::compact(*folder.index(), home.directory()));
    home.put("new/6.a");
    REQUIRE(folder.refresh(Access::select, store::Look::anyway));
    auto& index = *folder.index();
    REQUIRE(index.find(6));
    CHECK(store::kept(index, index[*index.find(6)], EntryKind::summary) == "summary 6");
}

TEST_CASE("Sessions go on when the index is made anew without what they still count", "[store][index]") {
    const Folder home{5, "F"};
    (void)used(home);
    home.put("cur/6.a:2,");
    auto mine = home.refreshed();
    auto others = home.refreshed();
    store::View view{mine.index()};
    REQUIRE(view.size() == 4);
    const auto before = view.modseq();
    REQUIRE(others.expunge(Uids{3}, IndexedFolder::Which::all));
    REQUIRE(store::compact(*others.index(), home.directory()));
    REQUIRE(others.store(Uids{5}, {FlagChange::How::add, flag::seen, 0}));
    const auto stored = mine.store(Uids{1}, {FlagChange::How::add, flag::deleted, 0});
    REQUIRE(stored);
    for (const auto& turn : stored->turns) view.told(turn.before, turn.modseq);

    auto changes = view.catch_up(mine.index(), store::Expunges::keep_back);
    CHECK(changes.expunged.empty());
    CHECK(changes.changed == Uids{3});  // its own change is not news
    CHECK(view.record(1).flags == (flag::flagged | flag::deleted));
    CHECK(view.record(2).is_expunged());
    CHECK(view.record(3).flags == (flag::flagged | flag::seen));
    CHECK(view.modseq() == mine.index()->header().highest_modseq);
    changes = view.catch_up(mine.index(), store::Expunges::tell);
    CHECK(changes.expunged == Uids{2});
    CHECK(changes.vanished == Uids{3});
    CHECK(changes.changed.empty());
    CHECK(view.size() == 3);
    CHECK(mine.expunged_since(before) == Uids{3});
    CHECK(home.refreshed().open_message(5));
}

TEST_CASE("What others have stored before the index was made anew is told", "[store][index]") {
    const Folder home{5, "F"};
    (void)used(home);
    auto mine = home.refreshed();
    auto others = home.refreshed();
    store::View view{mine.index()};
    REQUIRE(others.store(Uids{3}, {FlagChange::How::add, flag::seen, 0}));
    REQUIRE(store::compact(*others.index(), home.directory()));
    REQUIRE(mine.refresh(Access::select));
    REQUIRE(mine.index().get() != &view.index());
    const auto changes = view.catch_up(mine.index(), store::Expunges::tell);
    CHECK(changes.changed == Uids{2});
    CHECK(changes.expunged.empty());
}

TEST_CASE("Who selects a folder makes an index anew that is mostly garbage", "[store][index]") {
    const Folder home{5, "F"};
    waste(*used(home).index());
    auto examining = home.open();
    REQUIRE(examining.refresh(Access::examine));
    CHECK(examining.index()->size() > store::least_garbage / sizeof(store::Record));
    const auto selecting = home.refreshed();
    CHECK(selecting.index()->size() == 3);
    CHECK(listing(*selecting.index()) == all);
    CHECK(std::filesystem::file_size(home.home / store::index_name) < 8192);
    REQUIRE(examining.refresh(Access::examine));
    CHECK(examining.index()->size() == 3);
}

TEST_CASE("A heap is mostly garbage when most of its octets are nobody's", "[store][index]") {
    const Folder home{5, "F"};
    const auto folder = used(home);
    auto& index = *folder.index();
    CHECK_FALSE(store::is_wasteful(index));
    const auto entry = store::IndexFile::make_entry(EntryKind::summary, "1.a", std::string(store::least_garbage, 'x'));
    const auto place = index.append_heap(entry);
    REQUIRE(place);
    index[0].summary = *place;
    store::seal_measured(index[0]);
    CHECK_FALSE(store::is_wasteful(index));  // it is of use
    index[0].summary = 0;
    CHECK_FALSE(store::is_wasteful(index));  // nobody looks so soon again
    for (int i = 0; i < 2; ++i) REQUIRE(index.append_heap(entry));
    CHECK(store::is_wasteful(index));
}

TEST_CASE("While somebody else has the lock, or the disk is full, the garbage stays", "[store][index]") {
    const Folder home{5, "F"};
    waste(*used(home).index());
    const auto octets = std::filesystem::file_size(home.home / store::index_name);
    {
        const std::ofstream lock{home.home / "dovecot-uidlist.lock"};
        CHECK(home.refreshed().index()->size() > store::least_garbage / sizeof(store::Record));
    }
    std::filesystem::remove(home.home / "dovecot-uidlist.lock");
    {
        const test::FileSizeLimit limit{4200};
        const auto folder = home.refreshed();
        CHECK(folder.index()->size() > store::least_garbage / sizeof(store::Record));
        CHECK_FALSE(folder.index()->is_in_memory());
        CHECK(folder.index()->is_current());
    }
    CHECK(std::filesystem::file_size(home.home / store::index_name) == octets);
    CHECK(home.refreshed().index()->size() == 3);
}

TEST_CASE("A process that is killed while it makes an index anew loses no message and no UID", "[store][index]") {
    const Folder home{5, "F"};
    const auto modseq = used(home).index()->header().highest_modseq;
    for (int round = 0; round < 20; ++round) {
        const auto child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            auto index = store::IndexFile::open(home.directory());
            while (index) index = store::compact(*index, home.directory()).value_or(nullptr);
            ::_exit(1);
        }
        ::usleep(static_cast<useconds_t>(2000 + 700 * round));
        ::kill(child, SIGKILL);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status));
        const auto folder = home.refreshed();
        CHECK(listing(*folder.index()) == all);
        CHECK(folder.index()->header().highest_modseq >= modseq);
        CHECK(folder.index()->header().next_uid == 6);
    }
    REQUIRE(store::compact(*home.refreshed().index(), home.directory()));
    const auto names = test::names_in(home.home.path());
    const auto is_leftover = [](const std::string& name) { return name.starts_with("mailpipe-") && name.find('.') != std::string::npos; };
    CHECK(std::ranges::none_of(names, is_leftover));
}

TEST_CASE("An index whose heap alone was made anew is made out of dovecot-uidlist", "[store][index]") {
    const Folder home{5, "F"};
    const auto old = used(home);
    std::filesystem::copy_file(home.home / store::index_name, home.home / "kept");
    REQUIRE(store::compact(*old.index(), home.directory()));
    std::filesystem::rename(home.home / "kept", home.home / store::index_name);  // killed between the two names
    const auto folder = home.refreshed();
    CHECK(listing(*folder.index()) == all);
    CHECK(folder.index()->header().highest_modseq > old.index()->header().highest_modseq);
    CHECK_FALSE(folder.expunged_since(old.index()->header().highest_modseq));  // it is said that nobody remembers
}

TEST_CASE("What SORT knows of a message stays with it and its copies", "[store][index]") {
    const Folder home{5, "F"};
    const Folder there;
    auto folder = used(home);
    auto& record = (*folder.index())[4];
    const store::SortFacts facts{1'000'000'000, 5256, {0, 0, 7}};
    store::set_sort_facts(record, facts);
    const auto is_known = [&](const store::Record& one) { return store::sort_facts(one) == facts && store::is_measured_sealed(one); };
    CHECK(is_known(record));
    CHECK_FALSE(is_known((*folder.index())[0]));
    store::EntryBatch{*folder.index()}.add(5, EntryKind::summary, "summary 5");
    CHECK(is_known(record));
    auto target = there.refreshed();
    REQUIRE(folder.copy(Uids{5}, target, [](std::uint32_t keywords) { return keywords; }));
    CHECK(is_known((*target.index())[0]));
    folder.index()->begin_change();  // as if somebody had died
    REQUIRE(folder.refresh(Access::select));
    CHECK(is_known((*folder.index())[4]));
    const auto made = store::compact(*folder.index(), home.directory());
    REQUIRE(made);
    CHECK(is_known((**made)[2]));
    CHECK(store::kept(**made, (**made)[2], EntryKind::summary) == "summary 5");
}
