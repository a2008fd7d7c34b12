// SPDX-License-Identifier: ISC
#include "store/index/expunge_log.hpp"

#include <numeric>

#include "base/files.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using store::Access;
using test::Folder;
using Uids = std::vector<std::uint32_t>;

TEST_CASE("The log of expunges keeps the younger half when it becomes too long", "[store][index][rfc7162-5]") {
    const Folder home;
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

TEST_CASE("The log of expunges is completed when somebody died in the middle of one", "[store][index][rfc7162-5]") {
    const Folder home{3};
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

TEST_CASE("What somebody is just expunging is told to who comes back", "[store][index][rfc7162-3.2.5]") {
    const Folder home{3};
    const auto folder = home.refreshed();
    const auto before = folder.index()->header().highest_modseq;
    folder.index()->mark_expunged((*folder.index())[1], before + 1);  // it is in the log when he has done
    CHECK(folder.expunged_since(before) == Uids{2});
    CHECK(folder.expunged_since(before + 1).value().empty());
}

TEST_CASE("A log of expunges that somebody has deleted knows what comes then", "[store][index][rfc7162-5]") {
    const Folder home;
    const auto directory = open_directory(home.home.path()).value();
    const store::ExpungeLog log{directory};
    log.begin(10);
    home.remove("mailpipe-expunged");
    log.append(Uids{1}, 20);
    CHECK_FALSE(log.since(19));
    log.append(Uids{2}, 30);
    CHECK(log.since(20).value() == Uids{2});
}
