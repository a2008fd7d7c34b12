// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "sasl/user.hpp"

using namespace std::string_literals;
using mailpipe::sasl::User;
using mailpipe::sasl::maildir_of;

namespace {
User user_named(std::string name, std::string home = {}, std::string mail = {}) {
    User user;
    user.name = std::move(name);
    user.home = std::move(home);
    user.mail = std::move(mail);
    return user;
}
}  // namespace

TEST_CASE("The Maildir's place is made of name, domain and home", "[sasl]") {
    struct Case { User user; std::string location, path; };
    const auto c = GENERATE(values<Case>({
        {user_named("bob", "/home/bob"), "%h/Maildir", "/home/bob/Maildir"},
        {user_named("bob@b.example"), "/var/mail/%d/%n", "/var/mail/b.example/bob"},
        {user_named("bob"), "/var/mail/%d/%n", "/var/mail/first.example/bob"},
        {user_named("bob@b.example"), "/var/mail/%u", "/var/mail/bob@b.example"},
        {user_named("a@b@c"), "/m/%n", "/m/a@b"},
        {user_named("bob"), "/m/100%%/%u.d", "/m/100%/bob.d"},
        {user_named("bob", "/home/bob"), "~/Maildir", "/home/bob/Maildir"},
        {user_named("bob", "/home/bob"), "~", "/home/bob"},
        {user_named("bob"), "/m/~/~x", "/m/~/~x"},
        {user_named("bob", "/home/bob", "maildir:~/Mail:INBOX=~/in"), "/else", "/home/bob/Mail"},
        {user_named("bob@x", "/h", "maildir:/v/%d/%n/"), "/else", "/v/x/bob/"},
    }));
    CAPTURE(c.location);
    const auto got = maildir_of(c.user, c.location, "first.example");
    REQUIRE(got);
    CHECK(*got == c.path);
}

TEST_CASE("A place that can't be made bounces nothing, and no name leads out of its directory", "[sasl]") {
    struct Case { User user; std::string location; };
    const auto c = GENERATE(values<Case>({
        {user_named("bob"), "%h/Maildir"}, {user_named("bob", "relative"), "%h/Maildir"}, {user_named("bob", "/h"), "Maildir"},
        {user_named("bob"), ""}, {user_named("bob"), "/m/%x"}, {user_named("bob"), "/m/%"}, {user_named("../bob"), "/m/%u"},
        {user_named(".."), "/m/%u"}, {user_named("."), "/m/%n"}, {user_named(".hidden"), "/m/%n"}, {user_named("a/b"), "/m/%n"},
        {user_named("bob@.."), "/m/%d/%n"}, {user_named("bob@"), "/m/%d/%n"}, {user_named("@x"), "/m/%n"}, {user_named("a\0b"s), "/m/%n"},
        {user_named("bob", "/h", "mbox:~/mail"), "/m/%n"}, {user_named("bob", "", "maildir:~/mail"), "/m/%n"},
    }));
    CAPTURE(c.location, c.user.name, c.user.mail);
    const auto got = maildir_of(c.user, c.location, "first.example");
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == mailpipe::Fault::transient);
}
