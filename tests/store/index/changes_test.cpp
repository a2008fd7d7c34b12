// SPDX-License-Identifier: ISC
// Flags and expunges.
#include <sys/stat.h>

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

TEST_CASE("STORE changes names, and says what it did not store", "[store][index][rfc7162-3.1.3]") {
    const Folder home;
    for (const auto* name : {"cur/1.a:2,S", "cur/2.a:2,", "cur/3.a:2,P"}) home.put(name);
    auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;
    const auto added = folder.store(Uids{2, 3, 99}, {FlagChange::How::add, flag::deleted, 0});
    REQUIRE(added);
    CHECK(added->turns.at(0).before == before);
    CHECK(added->turns.at(0).modseq > before);
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,S", "2 2.a:2,T", "3 3.a:2,PT"});
    const auto late = folder.store(Uids{1, 2}, {FlagChange::How::replace, flag::flagged, 0}, before);
    REQUIRE(late);
    CHECK(late->modified == Uids{2});
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,F", "2 2.a:2,T", "3 3.a:2,PT"});
    REQUIRE(folder.store(Uids{1, 2, 3}, {FlagChange::How::remove, flag::deleted | flag::flagged, 0}));
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,", "2 2.a:2,", "3 3.a:2,P"});
    CHECK(folder.store(Uids{1}, {FlagChange::How::remove, flag::deleted, 0})->turns.empty());  // nothing to do
}

TEST_CASE("STORE and EXPUNGE find messages that others have renamed meanwhile", "[store][index]") {
    const Folder home;
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
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,RS"});
    CHECK_FALSE(home.has("cur/2.a:2,FT"));
}

TEST_CASE("STORE says which messages others had changed before it", "[store][index][rfc9051-6.4.6]") {
    const Folder home{3};
    auto mine = home.refreshed();
    auto others = home.refreshed();
    const store::View view{mine.index()};
    REQUIRE(others.store(Uids{2, 3}, {FlagChange::How::add, flag::flagged, 0}));
    CHECK(mine.store(Uids{1, 2}, {FlagChange::How::add, flag::seen, 0}, {}, view.modseq())->overtook == Uids{2});
}

TEST_CASE("A flag that somebody has just set is taken away", "[store][index]") {
    const Folder home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    home.rename("cur/1.a:2,", "cur/1.a:2,F");  // in the same tick, for all that the index knows
    REQUIRE(folder.store(Uids{1}, {FlagChange::How::remove, flag::flagged, 0}));
    CHECK(home.has("cur/1.a:2,"));
}

TEST_CASE("EXPUNGE leaves what is not \\Deleted any more", "[store][index][rfc9051-6.4.3]") {
    const Folder home;
    for (const auto* name : {"cur/1.a:2,T", "cur/2.a:2,T", "cur/3.a:2,"}) home.put(name);
    auto mine = home.refreshed();
    auto others = home.refreshed();
    REQUIRE(others.store(Uids{1}, {FlagChange::How::remove, flag::deleted, 0}));
    CHECK(mine.expunge(Uids{1, 2}, Which::deleted)->uids == Uids{2});
    home.rename("cur/3.a:2,", "cur/3.a:2,T");
    REQUIRE(mine.refresh(Access::select, Look::anyway));
    home.rename("cur/3.a:2,T", "cur/3.a:2,");
    CHECK(mine.expunge(Uids{3}, Which::deleted)->uids.empty());
    CHECK(listing(*mine.index()) == Listing{"1 1.a:2,", "3 3.a:2,"});
}
