// SPDX-License-Identifier: ISC
#include "imap/session/describe.hpp"

#include "base/files.hpp"
#include "imap/message/structure_entry.hpp"
#include "imap/search/summary.hpp"
#include "store/index/entry_batch.hpp"
#include "store/index/indexed_folder.hpp"
#include "support/folder.hpp"

using namespace mailpipe;
using store::EntryKind;

namespace {

const std::string text = "Subject: told\n\nbody\n";

bool is_described(store::IndexFile& index, std::size_t place) {
    const auto summary = store::kept(index, index[place], EntryKind::summary);
    const auto structure = store::kept(index, index[place], EntryKind::structure);
    if (!summary || !structure) return false;
    return imap::read_summary(*summary)->key(imap::Summary::Key::subject) == "TOLD" &&
           imap::read_structure_entry(*structure, text.size()).has_value();
}

}  // namespace

TEST_CASE("What is told of a message in new/ is known when the index finds it", "[imap][deliver]") {
    const test::Folder home;
    auto folder = home.refreshed();
    home.put("new/1.a,S=20,W=23", text);
    imap::describe_message(home.directory(), "1.a,S=20,W=23");
    home.put("new/2.a", text);
    REQUIRE(folder.refresh(store::Access::select, store::Look::anyway));
    CHECK(is_described(*folder.index(), 0));
    CHECK_FALSE(is_described(*folder.index(), 1));
}

TEST_CASE("It is known, too, when the index was faster", "[imap][deliver]") {
    const test::Folder home;
    auto folder = home.refreshed();
    home.put("new/1.a", text);
    auto examining = home.refreshed();  // has it in the index, and in cur/
    const auto name = "1.a:2,";
    REQUIRE(rename_at(home.directory(), std::string{"cur/"} + name, home.directory(), "new/1.a"));
    imap::describe_message(home.directory(), "1.a");
    home.put("new/2.a", text);
    REQUIRE(folder.refresh(store::Access::select, store::Look::anyway));
    CHECK(is_described(*folder.index(), 0));
}

TEST_CASE("Without an index nothing is made, and nothing that goes wrong is told", "[imap][deliver]") {
    const test::Folder home;
    home.put("new/1.a", text);
    imap::describe_message(home.directory(), "1.a");
    CHECK_FALSE(status_at(home.directory(), store::heap_name));
    const auto folder = home.refreshed();
    imap::describe_message(home.directory(), "nothing");
    CHECK(folder.index()->heap_octets() > 0);
}
