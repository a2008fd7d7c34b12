// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <set>

#include "mta/outbound/delivery_plan.hpp"
#include "mta/outcome/outcomes.hpp"
#include "support/residents.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using test::envelope_to;
using test::mailbox;

namespace {

constexpr std::string_view aliases =
    "team: alice, bob, x@far.example\n"
    "all: team, carol\n"
    "bad: nobody, alice\n"
    "loop: loop\n"
    "later: :include:/nonexistent/list\n";

struct Planning : test::SpoolSite {
    test::Residents residents{temp, "alice bob carol", aliases};
    mta::Directory directory = residents.open();
    mta::Outcomes outcomes{spool, claims, {"mx.here.example", {"postmaster", "here.example"}}, clock};

    mta::DeliveryPlan plan(queue::Message& message) {
        return plan_delivery(message, directory, [&](std::size_t number, const smtp::Reply& reply) {
            outcomes.note_reply(message, number, reply, Event::expanded);
        });
    }
};

std::string address(const queue::Message& message, std::size_t number) {
    return to_string(message.recipients()[number].recipient.mailbox);
}

std::string status(const queue::Message& message, std::size_t number) {
    const auto& last = message.recipients()[number].last;
    return last ? std::string{to_string(last->event)} + " " + last->enhanced : "none";
}

using Numbers = std::vector<std::size_t>;

}  // namespace

TEST_CASE("Users are local, others remote, and nobody fails", "[mta]") {
    Planning site;
    auto message = site.take(envelope_to({"alice@here.example", "x@far.example", "nobody@here.example", "Alice@here.example"}));
    const auto plan = site.plan(message);
    CHECK(plan.local == Numbers{0});
    CHECK(plan.remote == Numbers{1});
    REQUIRE(plan.doubles.size() == 1);
    CHECK(plan.doubles[0] == std::pair<std::size_t, std::size_t>{3, 0});
    CHECK(status(message, 2) == "failed 5.1.1");
}

TEST_CASE("Nobody is unknown before the users have been looked at once more", "[mta]") {
    Planning site;
    const auto of_dave = [&] {
        auto message = site.take(envelope_to({"dave@here.example"}));
        const auto plan = site.plan(message);
        return plan.local.empty() ? status(message, 0) : "local";
    };
    CHECK(of_dave() == "failed 5.1.1");
    site.residents.move_in("alice dave");
    CHECK(of_dave() == "local");
    site.residents.spoil();
    site.directory.glance();
    CHECK(of_dave() == "local");  // what was known before stays
    site.residents.move_in("alice");
    CHECK(of_dave() == "local");  // within the second in which nobody looks
    REQUIRE(site.directory.refresh());
    site.residents.spoil();
    CHECK(of_dave() == "deferred 4.3.0");
    CHECK(of_dave() == "deferred 4.3.0");  // also when the file has been seen to be wrong
}

TEST_CASE("An alias becomes its members, and who is reached twice gets one copy", "[mta]") {
    Planning site;
    auto message = site.take(envelope_to({"all@here.example", "team@here.example", "bob@here.example", "x@far.example"}));
    const auto plan = site.plan(message);
    CHECK(status(message, 0) == "expanded 2.1.5");
    CHECK(status(message, 1) == "expanded 2.1.5");
    std::multiset<std::string> served;
    for (const auto number : plan.local) served.insert(address(message, number));
    for (const auto number : plan.remote) served.insert(address(message, number));
    CHECK(served == std::multiset<std::string>{"alice@here.example", "bob@here.example", "carol@here.example", "x@far.example"});
}

TEST_CASE("A member that is nobody fails by itself", "[mta]") {
    Planning site;
    auto message = site.take(envelope_to({"bad@here.example"}));
    const auto plan = site.plan(message);
    REQUIRE(message.recipients().size() == 3);
    CHECK(status(message, 1) == "failed 5.1.1");
    CHECK(plan.local == Numbers{2});
}

TEST_CASE("A looping alias fails, one that can't be read now waits", "[mta]") {
    Planning site;
    auto message = site.take(envelope_to({"loop@here.example", "later@here.example"}));
    CHECK(site.plan(message).local.empty());
    CHECK(status(message, 0) == "failed 5.4.6");
    CHECK(status(message, 1) == "deferred 4.3.5");
}

TEST_CASE("Postmaster's mail waits when nobody has been named", "[mta]") {
    Planning site;
    auto message = site.take(envelope_to({"postmaster@here.example"}));
    CHECK(site.plan(message).local.empty());
    CHECK(status(message, 1) == "deferred 4.3.5");
}

TEST_CASE("Who has a copy by the journal gets no other by another name", "[mta]") {
    Planning site;
    auto message = site.take(envelope_to({"alice@here.example", "ALICE@here.example"}));
    message.note({0, 1, Event::delivered, 250, "2.0.0", "ok"});
    REQUIRE(message.save(site.claims.directory()));
    const auto plan = site.plan(message);
    CHECK(plan.local.empty());
    REQUIRE(plan.doubles.size() == 1);
    CHECK(plan.doubles[0].first == 1);
}

TEST_CASE("A message that has been here loops, the envelope's own fields don't count", "[mta][rfc9228]") {
    Planning site;
    const auto with = [&](std::string_view fields) {
        auto message = site.take(envelope_to({"bob@here.example"}), "Received: x\n" + std::string{fields} + "\nhello\n");
        site.plan(message);
        return status(message, 0);
    };
    CHECK(with("Delivered-To: alice@here.example\n") == "none");
    CHECK(with("Delivered-To: bob@here.example\n") == "failed 5.4.6");
    CHECK(with("delivered-to:\n  BOB@Here.Example\n") == "failed 5.4.6");
}
