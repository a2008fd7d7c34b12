// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fstream>

#include "base/files.hpp"
#include "store/mailbox.hpp"
#include "store/maildir.hpp"
#include "store/uid_file.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

namespace {
void put(const std::string& path, const std::string& text) { std::ofstream{path} << text; }
}  // namespace

TEST_CASE("Courier's UIDs are kept at the first visit, and Dovecot's count from then on", "[store]") {
    const test::TempDir home;
    REQUIRE(Maildir::open(home.path()));
    put(home / "courierimapuiddb", "1 700000001 9\n3 1.M1P1.mx\n8 2.M1P1.mx\n");
    put(home / "cur/1.M1P1.mx:2,S", "x");
    put(home / "new/3.M1P1.mx", "x");
    auto mailbox = Mailbox::open(home.path()).value();
    REQUIRE(mailbox.scan());
    REQUIRE(mailbox.number(system_clock()));
    CHECK(mailbox.uid_validity() == 700000001);
    REQUIRE(mailbox.messages().size() == 2);
    CHECK(mailbox.messages()[0].uid == 3);
    CHECK(mailbox.messages()[1].uid == 9);
    put(home / "courierimapuiddb", "1 1 1\n");
    const auto map = read_uid_map(open_directory(home.path()).value()).value();
    CHECK(map.uid_validity() == 700000001);
    CHECK(map.next_uid() == 10);
    CHECK_FALSE(map.guid().empty());
}
