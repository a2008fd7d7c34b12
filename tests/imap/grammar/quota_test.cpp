// SPDX-License-Identifier: ISC
#include "imap/grammar/quota.hpp"

#include "support/catch.hpp"
#include "support/imap_command.hpp"

using namespace mailpipe;

TEST_CASE("A quota root has a name, perhaps an empty one", "[imap][rfc9208-4.1]") {
    CHECK(imap::parse_get_quota(command("a GETQUOTA \"!partition/sda4\"")).value() == "!partition/sda4");
    CHECK(imap::parse_get_quota(command("a GETQUOTA \"\"")).value().empty());
    CHECK_FALSE(imap::parse_get_quota(command("a GETQUOTA")));
    CHECK_FALSE(imap::parse_get_quota(command("a GETQUOTA a b")));
}

TEST_CASE("SETQUOTA has resources with limits", "[imap][rfc9208-4.1.3]") {
    CHECK(imap::parse_set_quota(command("a SETQUOTA \"\" (storage 512 MESSAGE 10)")).value() == imap::SetQuotaRequest{"", {{"STORAGE", 512}, {"MESSAGE", 10}}});
    CHECK(imap::parse_set_quota(command("a SETQUOTA x ()")).value().limits.empty());
    CHECK_FALSE(imap::parse_set_quota(command("a SETQUOTA x")));
    CHECK_FALSE(imap::parse_set_quota(command("a SETQUOTA x (STORAGE)")));
    CHECK_FALSE(imap::parse_set_quota(command("a SETQUOTA x (STORAGE -1)")));
}
