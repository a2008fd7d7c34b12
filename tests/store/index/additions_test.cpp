// SPDX-License-Identifier: ISC
// New messages, and those of other folders.
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "store/guid.hpp"
#include "store/index/entry_batch.hpp"
#include "support/file_size_limit.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using store::Access;
using store::Look;
using test::Folder;
using test::Listing;
using test::listing;
using Uids = std::vector<std::uint32_t>;
namespace flag = mailpipe::store::flag;

TEST_CASE("Messages are added all or none, with flags and date", "[store][index][rfc3502]") {
    const Folder home;
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
    CHECK(listing(*home.refreshed().index()) == listing(*folder.index()));
}

TEST_CASE("Copies keep flags, date and GUID; what the index keeps of them too", "[store][index][rfc9051-6.4.7]") {
    const Folder from;
    const Folder to;
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
    const Folder home;
    home.put("cur/1.a:2,");
    auto folder = home.refreshed();
    home.put("new/2.a");
    const auto octets = home.read("dovecot-uidlist").size();
    {
        const test::FileSizeLimit limit{octets + 3};  // the line is torn
        REQUIRE(folder.refresh(Access::select, Look::anyway));
        CHECK(listing(*folder.index()) == Listing{"1 1.a:2,"});
    }
    REQUIRE(folder.refresh(Access::select));
    CHECK(listing(*folder.index()) == Listing{"1 1.a:2,", "2 2.a:2,"});
    home.remove("mailpipe-index");
    CHECK(listing(*home.refreshed().index()) == listing(*folder.index()));
}

TEST_CASE("After a message could not be added the next one's UID is the one on disk", "[store][index]") {
    const Folder home;
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
    CHECK(listing(*folder.index()).size() == 2);
    home.remove("mailpipe-index");
    CHECK(listing(*home.refreshed().index()) == listing(*folder.index()));
}

TEST_CASE("What cannot be copied leaves nothing behind", "[store][index]") {
    const Folder from;
    const Folder to;
    from.put("cur/1.a:2,");
    auto source = from.refreshed();
    auto target = to.refreshed();
    std::filesystem::rename(to.home / "dovecot-uidlist", to.home / "x");
    std::filesystem::create_directory(to.home / "dovecot-uidlist");  // can't be written
    CHECK_FALSE(source.copy(Uids{1}, target, [](std::uint32_t k) { return k; }));
    CHECK(std::filesystem::is_empty(to.home / "cur"));
}

TEST_CASE("Of two sessions that move a message one does", "[store][index][rfc6851]") {
    const Folder home;
    const Folder there;
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
    CHECK(listing(*mine.index()).empty());
    CHECK(listing(*target.index()).size() == 3);
}

TEST_CASE("A message can be moved to where it is", "[store][index][rfc6851]") {
    const Folder home;
    home.put("cur/1.a:2,F");
    auto folder = home.refreshed();
    auto target = home.refreshed();
    const auto moved = folder.move(Uids{1}, target, [](std::uint32_t keywords) { return keywords; });
    CHECK(moved->copied.to == Uids{2});
    REQUIRE(folder.refresh(Access::select));
    CHECK(listing(*folder.index()).size() == 1);
    CHECK(folder.index()->find(2));
}

TEST_CASE("What can't be unlinked is not moved", "[store][index][rfc6851]") {
    if (::geteuid() == 0) return;  // who may do everything
    const Folder home;
    const Folder there;
    for (const auto* name : {"cur/1.a:2,", "cur/2.a:2,"}) home.put(name);
    auto folder = home.refreshed();
    auto target = there.refreshed();
    std::filesystem::permissions(home.home / "cur", std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
    const auto moved = folder.move(Uids{1, 2}, target, [](std::uint32_t keywords) { return keywords; });
    std::filesystem::permissions(home.home / "cur", std::filesystem::perms::owner_all);
    REQUIRE(moved);
    CHECK(moved->trouble);
    CHECK(moved->copied.to.empty());
    CHECK(listing(*folder.index()).size() == 2);
    CHECK(listing(*target.index()).empty());
    CHECK(std::filesystem::is_empty(there.home / "cur"));
}

TEST_CASE("New mail of a folder that gets a message stays new", "[store][index][rfc9051-6.3.2]") {
    const Folder home{1};
    const Folder there;
    there.put("new/1.b");
    auto folder = home.refreshed();
    auto target = there.refreshed(Access::examine);
    const auto keep = [](std::uint32_t keywords) { return keywords; };
    REQUIRE(folder.copy(Uids{1}, target, keep));
    CHECK(there.has("new/1.b"));
    REQUIRE(folder.move(Uids{1}, target, keep));
    CHECK(there.has("new/1.b"));
    CHECK(listing(*target.index()).size() == 3);
}

TEST_CASE("A message whose name has a blank keeps its GUID when it is copied", "[store][index][rfc8474-5.1]") {
    const Folder home;
    const Folder there;
    home.put("cur/1 W99.a:2,");
    auto folder = home.refreshed();
    auto target = there.refreshed();
    REQUIRE(folder.copy(Uids{1}, target, [](std::uint32_t keywords) { return keywords; }));
    auto again = there.refreshed();
    const auto& index = *again.index();
    CHECK(index.guid(index[0]) == store::written_guid("1 W99.a"));
    CHECK(index.guid(index[0]).size() == 32);
    for (const auto* name : {"mailpipe-index", "mailpipe-cache"}) there.remove(name);
    auto rebuilt = there.refreshed();
    CHECK(rebuilt.index()->guid((*rebuilt.index())[0]) == store::written_guid("1 W99.a"));
    CHECK((*rebuilt.index())[0].wire_octets != 99);
}
