// SPDX-License-Identifier: ISC
#include "store/index/view.hpp"

#include "support/folder.hpp"

using namespace mailpipe;
using store::Access;
using store::FlagChange;
using store::Look;
using test::Folder;
using test::Listing;
using test::listing;
using Which = store::IndexedFolder::Which;
using Uids = std::vector<std::uint32_t>;
namespace flag = mailpipe::store::flag;

TEST_CASE("A session sees another one's changes in the same index", "[store][index]") {
    const Folder home{5};
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
    const Folder home{3};
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
    const Folder home{5};
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

TEST_CASE("What others change in the middle of a STORE is told, and not what it changes itself", "[store][index][rfc9051-7.5.2]") {
    const Folder home{3};
    auto mine = home.refreshed();
    store::View view{mine.index()};
    home.rename("cur/2.a:2,", "cur/2.a:2,F");  // found when 2 is not under its name: 1 is stored by then
    home.rename("cur/3.a:2,", "cur/3.a:2,F");
    mine.index()->header().cur_directory.is_settled = 0;
    const auto own = mine.store(Uids{1, 2}, {FlagChange::How::add, flag::seen, 0});
    for (const auto& turn : own->turns) view.told(turn.before, turn.modseq);
    CHECK(own->turns.size() <= 2);
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).changed == Uids{3});
    CHECK(listing(*mine.index()) == Listing{"1 1.a:2,S", "2 2.a:2,FS", "3 3.a:2,F"});
}

TEST_CASE("While an expunge is kept back the view says up to where all was told", "[store][index][rfc7162-3.2]") {
    const Folder home{3};
    auto mine = home.refreshed();
    auto others = home.refreshed();
    store::View view{mine.index()};
    const auto expunged = others.expunge(Uids{2}, Which::all);
    REQUIRE(others.store(Uids{3}, {FlagChange::How::add, flag::seen, 0}));
    (void)view.catch_up(mine.index(), store::Expunges::keep_back);
    CHECK(view.told_up_to() == expunged->modseq - 1);
    CHECK(view.modseq() > expunged->modseq);
    (void)view.catch_up(mine.index(), store::Expunges::tell);
    CHECK(view.told_up_to() == view.modseq());
    (void)view.catch_up(mine.index(), store::Expunges::keep_back);
    CHECK(view.told_up_to() == view.modseq());
}

TEST_CASE("As many expunges as messages that came back are told all the same", "[store][index][rfc9051-7.5.1]") {
    const Folder home{3};
    auto mine = home.refreshed();
    store::View view{mine.index()};
    home.rename("cur/1.a:2,", "1.a");
    REQUIRE(mine.refresh(Access::select, Look::anyway));
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).vanished == Uids{1});
    home.rename("1.a", "cur/1.a:2,");
    for (const auto* name : {"mailpipe-index", "mailpipe-cache"}) home.remove(name);
    REQUIRE(mine.refresh(Access::select, Look::anyway));
    (void)view.catch_up(mine.index(), store::Expunges::tell);
    REQUIRE(view.sequence_of(1) == std::nullopt);  // the client knows that it is gone
    REQUIRE(mine.store(Uids{1}, {FlagChange::How::add, flag::seen, 0}));
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).changed.empty());
    REQUIRE(mine.expunge(Uids{3}, Which::all));
    CHECK(view.catch_up(mine.index(), store::Expunges::tell).vanished == Uids{3});
}

TEST_CASE("What is new to a view has its next UID or a larger one", "[store][index][rfc9051-2.3.1.1]") {
    const Folder home;
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
