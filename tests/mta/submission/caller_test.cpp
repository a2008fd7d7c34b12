// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <unistd.h>

#include "mta/submission/caller.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;
using mail::Mailbox;

namespace {

const Caller joe{"joe", "Joe Bloggs"};

Author author(const std::optional<Caller>& caller, std::optional<std::string> sender, std::optional<std::string> name = {}) {
    return find_author(caller, sender, name, "example.org").value();
}

}  // namespace

TEST_CASE("GECOS has the full name up to its first comma, and & for the login", "[mta][sendmail]") {
    struct Case { std::string_view gecos, name; };
    const auto c = GENERATE(values<Case>({
        {"Joe Bloggs", "Joe Bloggs"}, {"Joe Bloggs,Room 1,123,456", "Joe Bloggs"}, {"& Bloggs,,", "Joe Bloggs"}, {"&", "Joe"},
        {"", ""}, {",,,", ""}, {" Joe ,", "Joe"}, {"J\xc3\xb6" "e &", "J\xc3\xb6" "e Joe"},
    }));
    CAPTURE(c.gecos);
    CHECK(full_name_of(c.gecos, "joe") == c.name);
}

TEST_CASE("& is nothing where there is no login", "[mta][sendmail]") { CHECK(full_name_of("a&b", "") == "ab"); }

TEST_CASE("passwd(5) knows root, and not everybody", "[mta][sendmail]") {
    const auto root = find_caller(0);
    REQUIRE(root);
    REQUIRE(*root);
    CHECK((*root)->login == "root");
    const auto nobody = find_caller(3'999'999'999U);
    REQUIRE(nobody);
    CHECK_FALSE(*nobody);
}

TEST_CASE("The author is the caller, or whom -f and -F name", "[mta][sendmail]") {
    const auto plain = author(joe, {});
    CHECK(plain.full_name == "Joe Bloggs");
    CHECK(plain.mailbox == Mailbox{"joe", "example.org"});
    CHECK(plain.sender == Mailbox{"joe", "example.org"});
    const auto named = author(joe, "<news@x.example>", "The News");
    CHECK(named.full_name == "The News");
    CHECK(named.mailbox == Mailbox{"news", "x.example"});
    CHECK(named.sender == Mailbox{"news", "x.example"});
    CHECK(author(joe, "root").sender == Mailbox{"root", "example.org"});
    CHECK(author(joe, {}, "").full_name.empty());
}

TEST_CASE("With the null sender the author is the caller all the same", "[mta][sendmail]") {
    for (const auto* null : {"", "<>"}) {
        CHECK_FALSE(author(joe, null).sender);
        CHECK(author(joe, null).mailbox == Mailbox{"joe", "example.org"});
    }
    CHECK(author({}, "<>").mailbox == Mailbox{"MAILER-DAEMON", "example.org"});
}

TEST_CASE("Somebody without a name has to say -f", "[mta][sendmail]") {
    CHECK(author({}, "a@b").mailbox == Mailbox{"a", "b"});
    const auto none = find_author({}, {}, "Name", "example.org");
    REQUIRE_FALSE(none);
    CHECK(exit_status(none.error()) == ExitStatus::no_user);
    const auto wrong = find_author(joe, "a b", {}, "example.org");
    REQUIRE_FALSE(wrong);
    CHECK(exit_status(wrong.error()) == ExitStatus::usage);
}
