// SPDX-License-Identifier: ISC
#include "imap/verbs/watched_folder.hpp"

#include "base/files.hpp"
#include "store/tree/metadata.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using Strings = std::vector<std::string>;

TEST_CASE("What the client has stored itself it knows", "[imap][rfc5465-5]") {
    const test::Folder home;
    home.put("cur/1.a:2,S");
    auto folder = home.refreshed();
    auto state = imap::state_of(*folder.index());
    CHECK(state.messages == 1);
    CHECK(state.unseen == 0);
    home.put("new/2.a");
    REQUIRE(folder.refresh(store::Access::select, store::Look::anyway));
    imap::learn_messages(state, *folder.index(), {2});
    CHECK(state.messages == 2);
    CHECK(state.unseen == 1);
    CHECK(state.next_uid == 3);
}

TEST_CASE("What others have changed at the same time remains to be told", "[imap][rfc5465-5]") {
    const test::Folder home;
    home.put("cur/1.a:2,S");
    auto folder = home.refreshed();
    const auto before = imap::state_of(*folder.index());
    auto state = before;
    home.put("new/2.a");
    home.put("new/3.a");
    REQUIRE(folder.refresh(store::Access::select, store::Look::anyway));
    imap::learn_messages(state, *folder.index(), {3});
    CHECK(state.next_uid == before.next_uid);

    state = imap::state_of(*folder.index());
    const auto known = state;
    REQUIRE(folder.store(std::vector<std::uint32_t>{1}, {store::FlagChange::How::remove, store::flag::seen, 0}));
    home.put("new/4.a");
    REQUIRE(folder.refresh(store::Access::select, store::Look::anyway));
    imap::learn_messages(state, *folder.index(), {4});
    CHECK(state.modseq == known.modseq);
}

TEST_CASE("Annotations that others have changed are told by name", "[imap][rfc5465-5.6]") {
    const test::Folder home;
    const auto directory = home.directory();
    imap::WatchedMetadata watched{store::MetadataOf::folder};
    CHECK(watched.look(directory).empty());
    const auto change = [&](const std::vector<store::MetadataChange>& changes) {
        REQUIRE(store::change_metadata(directory, store::MetadataOf::folder, changes));
    };
    change({{"/private/comment", "a"}, {"/shared/comment", "b"}});
    CHECK(watched.look(directory) == Strings{"/private/comment", "/shared/comment"});
    change({{"/private/comment", "c"}, {"/shared/comment", {}}});
    CHECK(watched.look(directory) == Strings{"/private/comment", "/shared/comment"});
    change({{"/PRIVATE/comment", "d"}});
    watched.learn({{"/PRIVATE/comment", "d"}});
    CHECK(watched.look(directory).empty());
}
