// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "store/maildir_path.hpp"

using namespace mailpipe;
using namespace mailpipe::store;

TEST_CASE("A Maildir's path is made of the user's name, domain and home", "[store]") {
    const MailboxOwner joe{"joe", "a.example", "/home/joe"};
    const MailboxOwner ann{"ann@b.example", "a.example", ""};
    CHECK(maildir_path("%h/Maildir", joe).value() == "/home/joe/Maildir");
    CHECK(maildir_path("/m/%d/%n", joe).value() == "/m/a.example/joe");
    CHECK(maildir_path("/m/%d/%n/100%%", ann).value() == "/m/b.example/ann/100%");
    CHECK(maildir_path("/m/%u", ann).value() == "/m/ann@b.example");
}

TEST_CASE("No user name leads out of the Maildirs' directory", "[store]") {
    for (const auto* name : {"../joe", "..", ".", ".joe", "a/b", "a\nb", "a@../b", "a@.b"}) {
        CAPTURE(name);
        const auto path = maildir_path("/m/%d/%n", {name, "a.example", "/h"});
        REQUIRE_FALSE(path);
        CHECK(exit_status(path.error()) == ExitStatus::no_user);
    }
}

TEST_CASE("A wrong template is a wrong configuration", "[store]") {
    for (const auto* pattern : {"%x", "/m/%", "%h"}) {
        const auto path = maildir_path(pattern, {"joe", "a.example", ""});
        REQUIRE_FALSE(path);
        CHECK(exit_status(path.error()) == ExitStatus::configuration);
    }
}
