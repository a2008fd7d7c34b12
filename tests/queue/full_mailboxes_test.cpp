// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/stat.h>

#include "queue/full_mailboxes.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using queue::FullMailboxes;
using queue::is_full_for;
using test::names_in;

namespace {

struct Site : test::SpoolSite {
    FullMailboxes full{spool, clock};

    bool refuses(std::string_view user, std::uint64_t octets) const { return is_full_for(spool, user, octets, clock.now()); }
    std::vector<std::string> marks() const { return names_in(spool.full_mailboxes()); }
};

}  // namespace

TEST_CASE("What is as large as one that did not fit is refused, less what its trace adds", "[queue]") {
    Site site;
    REQUIRE(site.full.add("bob", 50'000));
    CHECK(site.refuses("bob", 1'000'000));
    CHECK(site.refuses("bob", 50'000 - 1024));
    CHECK_FALSE(site.refuses("bob", 50'000 - 1025));
    CHECK_FALSE(site.refuses("bob", 0));  // it may be small
    CHECK_FALSE(site.refuses("carol", 1'000'000));
    REQUIRE(site.full.add("bob", 1024));
    CHECK(site.refuses("bob", 0));
}

TEST_CASE("A mark holds for less than an hour, whichever clock was wrong", "[queue]") {
    Site site;
    REQUIRE(site.full.add("bob", 1));
    const auto made = unix_seconds(site.clock.now());
    for (const auto& [offset, holds] : {std::pair{3599, true}, {3600, false}, {-3599, true}, {-3600, false}}) {
        CAPTURE(offset);
        site.clock.set(made + offset);
        CHECK(site.refuses("bob", 1) == holds);
    }
}

TEST_CASE("The smallest that did not fit counts, and a larger one makes it no younger", "[queue]") {
    Site site;
    REQUIRE(site.full.add("bob", 5'000));
    site.clock.advance(30min);
    REQUIRE(site.full.add("bob", 9'000));
    CHECK(site.refuses("bob", 5'000));
    site.clock.advance(30min);
    CHECK_FALSE(site.refuses("bob", 9'000));
    REQUIRE(site.full.add("bob", 9'000));
    CHECK(site.refuses("bob", 9'000));
    CHECK_FALSE(site.refuses("bob", 5'000));
    REQUIRE(site.full.add("bob", 5'000));
    CHECK(site.refuses("bob", 5'000));
}

TEST_CASE("A delivery takes marks of its size and of smaller ones away", "[queue]") {
    Site site;
    REQUIRE(site.full.add("bob", 5'000));
    site.full.remove("bob", 4'999);
    CHECK(site.refuses("bob", 5'000));
    site.full.remove("carol", 5'000);
    site.full.remove("bob", 5'000);
    CHECK_FALSE(site.refuses("bob", 5'000));
    CHECK(site.marks().empty());
    CHECK(site.full.empty());
}

TEST_CASE("Of others' marks is known what stands in the spool, once it has been looked at", "[queue]") {
    Site site;
    FullMailboxes other{site.spool, site.clock};
    REQUIRE(other.add("bob", 1));
    REQUIRE(other.add("old", 1));
    site.full.remove("bob", 1);  // not known yet
    CHECK(site.refuses("bob", 1));
    site.clock.advance(1h);
    REQUIRE(other.add("bob", 1));
    REQUIRE(site.full.refresh());
    CHECK(site.marks() == std::vector<std::string>{"bob"});  // the other was too old
    site.full.remove("bob", 1);
    CHECK(site.marks().empty());
}

TEST_CASE("Any user's name makes a file's name, whatever its letters' case", "[queue]") {
    Site site;
    struct Case { std::string_view user, name; };
    const auto c = GENERATE(values<Case>({
        {"Bob", "bob"}, {"ann@Example.org", "ann@example.org"}, {"../x", "%2e.%2fx"}, {".", "%2e"}, {"a%b c", "a%25b%20c"},
        {"n\xc3\xb6", "n%c3%b6"}, {"a+b=c-d_e", "a+b=c-d_e"},
    }));
    REQUIRE(site.full.add(c.user, 1));
    CHECK(site.marks() == std::vector{std::string{c.name}});
    CHECK(site.refuses(c.user, 1));
}

TEST_CASE("What is no mark is left alone", "[queue]") {
    Site site;
    for (const std::string_view text : {"", "5", "5 \n", "x\n", "-5\n", "99999999999999999999999\n"}) {
        REQUIRE(write_all(create_exclusive_at(site.spool.full_mailboxes(), "bob").value(), text));
        CHECK_FALSE(site.refuses("bob", 1'000'000));
        REQUIRE(site.full.refresh());
        CHECK(site.full.empty());
        REQUIRE(unlink_at(site.spool.full_mailboxes(), "bob"));
    }
}

TEST_CASE("A name that is too long for a file is told, and stops nothing", "[queue]") {
    Site site;
    CHECK_FALSE(site.full.add(std::string(256, 'x'), 1));
    CHECK_FALSE(site.refuses(std::string(256, 'x'), 1));
    CHECK(site.full.add(std::string(255, 'x'), 1));
}
