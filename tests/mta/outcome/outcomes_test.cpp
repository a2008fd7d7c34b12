// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/outcome/outcomes.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using queue::Event;
using test::envelope_to;
using test::names_in;

namespace {

struct Ending : test::SpoolSite {
    mta::Outcomes outcomes{spool, claims, {"mx.here.example", {"postmaster", "here.example"}}, clock};

    void expect(std::size_t claimed, std::size_t waiting, std::size_t held, std::size_t reports) {
        CHECK(names_in(claims.directory()).size() == claimed);
        CHECK(names_in(spool.waiting()).size() == waiting);
        CHECK(names_in(spool.held()).size() == held);
        CHECK(names_in(spool.new_messages()).size() == reports);
    }
};

}  // namespace

TEST_CASE("A message whose recipients are done is gone", "[mta]") {
    Ending site;
    auto message = site.take(envelope_to({"a@here.example", "b@here.example"}));
    site.outcomes.note_reply(message, 0, {250, "2.0.0", "ok"}, Event::delivered);
    site.outcomes.note_reply(message, 1, {250, "2.0.0", "ok"}, Event::delivered);
    site.outcomes.conclude(message);
    site.expect(0, 0, 0, 0);
}

TEST_CASE("What is neither 2yz nor 5yz is tried again", "[mta][rfc5321-4.2.1]") {
    const auto code = GENERATE(100, 199, 300, 354, 399, 400, 499);
    CAPTURE(code);
    Ending site;
    auto message = site.take(envelope_to({"a@here.example"}));
    site.outcomes.note_reply(message, 0, {code, "", "what?"}, Event::delivered);
    CHECK(message.recipients()[0].last->event == Event::deferred);
    site.outcomes.conclude(message);
    site.expect(0, 1, 0, 0);
}

TEST_CASE("A failure is told before the message goes", "[mta]") {
    Ending site;
    auto message = site.take(envelope_to({"a@here.example"}));
    site.outcomes.note_reply(message, 0, {550, "5.1.1", "no"}, Event::delivered);
    site.outcomes.conclude(message);
    site.expect(0, 0, 0, 1);
}

TEST_CASE("A refusal without an enhanced code has its class in the report", "[mta][rfc3464-2.3.4]") {
    Ending site;
    auto message = site.take(envelope_to({"a@here.example"}));
    site.outcomes.note_reply(message, 0, {550, "", "mx.far.example[192.0.2.1]:25 to RCPT: no such user"}, Event::relayed);
    site.outcomes.conclude(message);
    const auto report = site.only_new();
    CHECK_THAT(report, Catch::Matchers::Contains("\nStatus: 5.0.0\n"));
    CHECK_THAT(report, Catch::Matchers::Contains("\nDiagnostic-Code: smtp; 550 5.0.0 no such user\n"));
}

TEST_CASE("What is deferred waits with its journal, and what failed meanwhile is told once", "[mta]") {
    Ending site;
    auto message = site.take(envelope_to({"a@here.example", "b@here.example"}));
    site.outcomes.note_reply(message, 0, {451, "4.2.0", "later"}, Event::delivered);
    site.outcomes.note_reply(message, 1, {550, "5.1.1", "no"}, Event::delivered);
    site.outcomes.conclude(message);
    site.expect(0, 1, 0, 1);

    const auto name = names_in(site.spool.waiting())[0];
    const auto due = queue::parse_file_name(name)->due.value() - unix_seconds(site.clock.now());
    CHECK((810 <= due && due <= 990));
    REQUIRE(site.claims.take(site.spool.waiting(), name).value());
    auto again = queue::Message::open(site.claims.directory(), name, queue::Message::Access::work).value();
    CHECK(again.recipients()[1].told);
    site.outcomes.note_reply(again, 0, {250, "2.0.0", "ok"}, Event::delivered);
    site.outcomes.conclude(again);
    site.expect(0, 0, 0, 1);
}

TEST_CASE("A message is due when the first of its recipients is: by a host's hint, or by the schedule", "[mta]") {
    struct Case { std::string_view first, second; std::int64_t least, most; };
    const auto c = GENERATE(values<Case>({
        {"later", "later", 810, 990},
        {"greylisted for 300 seconds", "later", 303, 333},
        {"greylisted for 300 seconds", "mx[192.0.2.1]:25: greylisted for 60 seconds", 63, 69},
        {"greylisted for 2 hours", "later", 810, 990},
        {"greylisted for 2 hours", "greylisted for 3 hours", 7203, 7923},
    }));
    CAPTURE(c.first, c.second);
    Ending site;
    auto message = site.take(envelope_to({"a@here.example", "b@here.example", "c@here.example"}));
    site.outcomes.note_reply(message, 0, {451, "4.7.1", std::string{c.first}}, Event::relayed);
    site.outcomes.note_reply(message, 1, {451, "4.7.1", std::string{c.second}}, Event::relayed);
    site.outcomes.note_reply(message, 2, {250, "2.0.0", "try again in 10 seconds"}, Event::relayed);  // has nothing to say
    site.outcomes.conclude(message);
    const auto name = queue::parse_file_name(names_in(site.spool.waiting()).at(0)).value();
    const auto wait = name.due.value() - unix_seconds(site.clock.now());
    CHECK((c.least <= wait && wait <= c.most));
}

TEST_CASE("A message is tried when its sender is to be told of the delay", "[mta][rfc3461-5.2.5]") {
    Ending site;
    auto envelope = envelope_to({"a@here.example"});
    envelope.recipients[0].notify.delay = true;
    auto message = site.take(envelope);
    site.clock.advance(2h);
    site.outcomes.note_reply(message, 0, {451, "4.2.0", "later"}, Event::relayed);
    site.outcomes.conclude(message);
    const auto early = queue::parse_file_name(names_in(site.spool.waiting()).at(0)).value();
    CHECK(early.due.value() <= message.arrived() + 4 * 3600);
    REQUIRE(site.claims.take(site.spool.waiting(), to_string(early)).value());
    auto again = queue::Message::open(site.claims.directory(), to_string(early), queue::Message::Access::work).value();
    site.clock.advance(1h + 59min);  // tried by hand: the schedule's next try would come after almost four hours
    site.outcomes.conclude(again);
    CHECK(queue::parse_file_name(names_in(site.spool.waiting()).at(0))->due == message.arrived() + 4 * 3600);
    site.expect(0, 1, 0, 0);
}

TEST_CASE("Success is told when the next host makes no reports, and left to it when it does", "[mta][rfc3461-5.2.2]") {
    const bool left = GENERATE(true, false);
    const bool wanted = GENERATE(true, false);
    CAPTURE(left, wanted);
    Ending site;
    auto envelope = envelope_to({"a@far.example", "b@far.example"});
    envelope.recipients[0].notify.success = wanted;
    auto message = site.take(envelope);
    site.outcomes.note_reply(message, 0, {250, "2.0.0", "ok"}, Event::relayed);
    site.outcomes.note_reply(message, 1, {451, "4.2.0", "later"}, Event::relayed);
    if (left) site.outcomes.leave_reports(message, 0, "mx.far.example");
    if (left) site.outcomes.leave_reports(message, 1, "mx.far.example");  // who does not have it leaves nothing
    CHECK(message.recipients()[0].told == (left && wanted));
    CHECK_FALSE(message.recipients()[1].told_of_delay);
    site.outcomes.conclude(message);
    site.expect(0, 1, 0, wanted && !left ? 1 : 0);
}

TEST_CASE("No message is given up at its first try: clocks may be wrong", "[mta]") {
    Ending site;
    auto message = site.take(envelope_to({"a@here.example"}));
    site.clock.advance(20 * 365 * 86400s);
    site.outcomes.note_reply(message, 0, {451, "4.2.0", "later"}, Event::delivered);
    CHECK_FALSE(message.is_done());
    site.outcomes.note_reply(message, 0, {451, "4.2.0", "later"}, Event::delivered);
    CHECK(message.is_done());
}

TEST_CASE("A temporary failure is for good after five days, and not a second before", "[mta][rfc5321-4.5.4.1]") {
    for (const bool expired : {false, true}) {
        Ending site;
        auto message = site.take(envelope_to({"a@here.example"}));
        site.outcomes.note_reply(message, 0, {451, "4.2.0", "later"}, Event::delivered);
        site.clock.advance(5 * 86400s - (expired ? 0s : 1s));
        site.outcomes.note_reply(message, 0, {451, "4.2.0", "later"}, Event::delivered);
        CHECK(message.is_done() == expired);
        if (expired) CHECK(message.recipients()[0].last->enhanced == "4.4.7");
        site.outcomes.conclude(message);
        site.expect(0, expired ? 0 : 1, 0, expired ? 1 : 0);
    }
}

TEST_CASE("A report that postmaster can't get is held", "[mta]") {
    Ending site;
    auto message = site.take(envelope_to({"postmaster@here.example"}, ""));
    site.outcomes.note_reply(message, 0, {550, "5.1.1", "no"}, Event::delivered);
    site.outcomes.conclude(message);
    site.expect(0, 0, 1, 0);
}

TEST_CASE("A message that can't be opened is held, or waits when that may pass", "[mta]") {
    Ending site;
    const auto name = site.add(envelope_to({"a@here.example"}));
    REQUIRE(site.claims.take(site.spool.new_messages(), name).value());
    SECTION("torn") {
        site.outcomes.put_aside(name, {Fault::permanent, "torn"});
        site.expect(0, 0, 1, 0);
    }
    SECTION("EIO") {
        site.outcomes.put_aside(name, {Fault::transient, "read"});
        site.expect(0, 1, 0, 0);
    }
}

TEST_CASE("When the report can't be written the failure is not forgotten", "[mta]") {
    Ending site;
    auto message = site.take(envelope_to({"a@here.example"}));
    site.outcomes.note_reply(message, 0, {550, "5.1.1", "no"}, Event::delivered);
    boost::filesystem::rename(site.temp / "spool/new", site.temp / "gone");
    boost::filesystem::remove_all(site.temp / "gone");  // nothing can be linked into a directory that has been removed
    site.outcomes.conclude(message);
    CHECK(names_in(site.spool.waiting()).size() == 1);
}
