// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "sasl/users_line.hpp"

using namespace std::string_literals;
using mailpipe::sasl::parse_users_line;

TEST_CASE("A line of users has up to eight fields; the last keeps its colons", "[sasl]") {
    const auto user = parse_users_line(
        "bob@example.org:{PLAIN}secret:1000:1001:Bob, of X:/home/bob:/bin/sh:"
        "userdb_mail=maildir:~/Mail:INBOX=~/in userdb_quota_rule=*:storage=10M:messages=1000 imap_without=UIDONLY,NOTIFY proxy=y");
    REQUIRE(user);
    CHECK(user->name == "bob@example.org");
    CHECK(user->password == "{PLAIN}secret");
    CHECK(user->uid == 1000U);
    CHECK(user->gid == 1001U);
    CHECK(user->home == "/home/bob");
    CHECK(user->mail == "maildir:~/Mail:INBOX=~/in");
    CHECK(user->max_octets == 10U * 1024 * 1024);
    CHECK(user->max_messages == 1000);
    CHECK(user->imap_without == "UIDONLY,NOTIFY");
    CHECK(user->may_login);
}

TEST_CASE("Everything but the name may be left out", "[sasl]") {
    const std::string line = GENERATE(values<std::string>({"bob", "bob:", "bob::", "bob:::::", "bob:::::::", "bob:::::::  "}));
    const auto user = parse_users_line(line);
    REQUIRE(user);
    CHECK(user->name == "bob");
    CHECK(user->password.empty());
    CHECK_FALSE(user->uid);
    CHECK_FALSE(user->gid);
    CHECK(user->home.empty());
}

TEST_CASE("Lines that say nothing sensible are errors", "[sasl]") {
    const std::string line = GENERATE(values<std::string>({
        ":x", "a b:x", "a\tb:x", "a/b:x", "../b", "bob\x01:x", "bob:x\0y"s, "bob:x:-1", "bob:x:4294967295", "bob:x:99999999999999999999999",
        "bob:x:no-such-user-here", "bob:x:1:no-such-group-here", "bob::::::: quota_rule=*:storage=", "bob::::::: quota_rule=*:storage=x",
        "bob::::::: quota_rule=*:storage=1X", "bob::::::: quota_rule=*:storage=16777216T", "bob::::::: quota_rule=*:messages=-1",
        "bob::::::: quota_rule=*:messages=18446744073709551616",
        "bob::::::: quota_rule=*:bogus=1", "bob::::::: quota_rule=*:1M",
    }));
    CAPTURE(line);
    const auto user = parse_users_line(line);
    REQUIRE_FALSE(user);
    CHECK(user.error().fault == mailpipe::Fault::permanent);
}

TEST_CASE("Names stand for uid and gid too", "[sasl]") {
    const auto user = parse_users_line("bob::root:daemon");
    REQUIRE(user);
    CHECK(user->uid == 0U);
    CHECK(user->gid == 1U);
    CHECK(parse_users_line("bob::4294967294")->uid == 4294967294U);
}

TEST_CASE("Quota rules are Dovecot's", "[sasl]") {
    struct Case { std::string extra; std::uint64_t octets, messages; };
    const auto c = GENERATE(values<Case>({
        {"quota_rule=*:storage=5", 5 * 1024, 0}, {"userdb_quota_rule=*:storage=5k", 5 * 1024, 0},
        {"userdb_quota_rule=*:storage=5B", 5, 0}, {"userdb_quota_rule=*:storage=2g:messages=7", 2ULL << 30, 7},
        {"userdb_quota_rule=*:messages=7:storage=0", 0, 7}, {"userdb_quota_rule=Trash:storage=+10M", 0, 0},
        {"userdb_quota_rule=*:storage=16777215T:ignore", 16777215ULL << 40, 0},
        {"quota_rule=*:messages=18446744073709551615", 0, UINT64_MAX}, {"quota_rule=*:", 0, 0}, {"a=b c", 0, 0},
    }));
    CAPTURE(c.extra);
    const auto user = parse_users_line("bob:::::::" + c.extra);
    REQUIRE(user);
    CHECK(user->max_octets == c.octets);
    CHECK(user->max_messages == c.messages);
}

TEST_CASE("A restriction on logins that is not ours forbids the login", "[sasl]") {
    CHECK_FALSE(parse_users_line("bob:{PLAIN}a::::::nologin")->may_login);
    CHECK_FALSE(parse_users_line("bob:{PLAIN}a::::::x=y nologin=y")->may_login);
    CHECK_FALSE(parse_users_line("bob:{PLAIN}a::::::allow_nets=127.0.0.0/8")->may_login);
    CHECK(parse_users_line("bob:{PLAIN}a::::::user=nologin")->may_login);
}
