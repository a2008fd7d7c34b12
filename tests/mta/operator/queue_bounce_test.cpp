// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <unistd.h>

#include "mta/operator/queue_bounce.hpp"
#include "support/file_size_limit.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using queue::State;
using test::envelope_to;
using test::names_in;

namespace {

struct BounceSite : test::SpoolSite {
    mta::QueueBounce bounce =
        mta::QueueBounce::open(spool, {"mx.here.example", test::mailbox("postmaster@here.example")}, clock).value();

    Result<void> give_up(const std::string& id, const mta::Selection& selection = {}) {
        return bounce.give_up(queue::find(queue::list(spool).value(), id).value(), selection);
    }
    /// In cur/ after a deferred try, due at 1700000900.
    std::string waiting(const mail::Envelope& envelope) {
        auto message = take(envelope);
        message.note({1'700'000'000, 1, Event::deferred, 451, "4.2.0", "try later"});
        REQUIRE(message.save(claims.directory()));
        REQUIRE(claims.put_back(message.name(), 1'700'000'900));
        return message.name().id;
    }
    queue::Message opened(const Fd& directory) {
        return queue::Message::open(directory, names_in(directory).at(0), queue::Message::Access::look).value();
    }
};

}  // namespace

TEST_CASE("Who is given up fails, and the sender is told why", "[mta][rfc3464]") {
    BounceSite site;
    REQUIRE(site.give_up(site.waiting(envelope_to({"bob@b.example"}))));
    CHECK(names_in(site.spool.waiting()).empty());
    const auto report = site.only_new();
    CHECK_THAT(report, Catch::Matchers::Contains("Delivered-To: alice@here.example\n"));
    CHECK_THAT(report, Catch::Matchers::Contains("\nFinal-Recipient: rfc822; bob@b.example\n"));
    CHECK_THAT(report, Catch::Matchers::Contains("\nAction: failed\nStatus: 5.4.7\n"));
    CHECK_THAT(report, Catch::Matchers::Contains("451 4.2.0 try later"));
}

TEST_CASE("Only who is meant is given up, and the rest keeps its place and time", "[mta]") {
    BounceSite site;
    const auto selection = mta::parse_selection({}, "@c.example", {}).value();
    const auto id = site.waiting(envelope_to({"a@b.example", "b@c.example", "c@c.example"}));
    REQUIRE(site.give_up(id, selection));
    const auto message = site.opened(site.spool.waiting());
    CHECK(message.name().due == 1'700'000'900);
    CHECK(message.recipients()[0].last->event == Event::deferred);
    for (const std::size_t n : {1, 2}) {
        CHECK(message.recipients()[n].last->event == Event::failed);
        CHECK(message.recipients()[n].last->enhanced == "5.4.7");
        CHECK(message.recipients()[n].told);
    }
    CHECK(names_in(site.spool.new_messages()).size() == 1);  // one report about both
    CHECK(site.give_up(id, selection).error().status == ExitStatus::unavailable);
    CHECK(names_in(site.spool.new_messages()).size() == 1);
}

TEST_CASE("What is held stays held, and what is new is not new any more", "[mta]") {
    BounceSite site;
    const auto selection = mta::parse_selection({}, "b@c.example", {}).value();
    const auto held = site.take(envelope_to({"a@b.example", "b@c.example"})).name();
    REQUIRE(site.claims.hold(to_string(held)));
    REQUIRE(site.give_up(held.id, selection));
    CHECK(site.opened(site.spool.held()).recipients()[1].told);

    const auto fresh = queue::parse_file_name(site.add(envelope_to({"a@b.example", "b@c.example"})))->id;
    REQUIRE(site.give_up(fresh, selection));
    CHECK(site.opened(site.spool.waiting()).name().due == unix_seconds(site.clock.now()));
}

TEST_CASE("A message that is being delivered is not given up", "[mta]") {
    BounceSite site;
    const auto id = site.take(envelope_to({"a@b.example"})).name().id;
    const auto done = site.give_up(id);
    REQUIRE_FALSE(done);
    CHECK(exit_status(done.error()) == ExitStatus::try_again);
    CHECK(names_in(site.spool.new_messages()).empty());
}

TEST_CASE("A message that somebody takes meanwhile is not given up", "[mta]") {
    BounceSite site;
    const auto id = site.waiting(envelope_to({"a@b.example"}));
    const auto listed = queue::find(queue::list(site.spool).value(), id).value();
    REQUIRE(site.claims.take(site.spool.waiting(), listed.file_name).value());
    const auto done = site.bounce.give_up(listed, {});
    REQUIRE_FALSE(done);
    CHECK(exit_status(done.error()) == ExitStatus::try_again);
}

TEST_CASE("A report that postmaster can't get goes to nobody, and stays", "[mta]") {
    BounceSite site;
    const auto id = site.waiting(envelope_to({"postmaster@here.example"}, ""));
    const auto done = site.give_up(id);
    REQUIRE_FALSE(done);
    CHECK(done.error().status == ExitStatus::unavailable);
    CHECK(names_in(site.spool.new_messages()).empty());
    const auto message = site.opened(site.spool.waiting());
    CHECK(message.recipients()[0].last->event == Event::deferred);  // it is tried again
    CHECK(message.name().due == 1'700'000'900);
}

TEST_CASE("Postmaster is not given up beside others of whom nobody could be told then", "[mta]") {
    BounceSite site;
    const auto id = site.waiting(envelope_to({"bob@b.example", "Postmaster@Here.example"}, ""));
    CHECK(site.give_up(id, mta::parse_selection({}, "postmaster@here.example", {}).value()).error().status == ExitStatus::unavailable);
    CHECK_FALSE(site.opened(site.spool.waiting()).recipients()[1].is_done());
    REQUIRE(site.give_up(id, mta::parse_selection({}, "bob@b.example", {}).value()));
    CHECK_THAT(site.only_new(), Catch::Matchers::Contains("Delivered-To: postmaster@here.example\n"));
    CHECK_FALSE(site.opened(site.spool.waiting()).recipients()[1].is_done());
}

TEST_CASE("Who is given up where that can't be written down is not", "[mta]") {
    BounceSite site;
    auto envelope = envelope_to({"a@b.example", "b@c.example"});
    envelope.recipients[0].notify.never = true;  // no report is due, whose writing would fail first
    const auto id = site.waiting(envelope);
    const auto done = [&] {
        const test::FileSizeLimit limit{10};
        return site.give_up(id, mta::parse_selection({}, "a@b.example", {}).value());
    }();
    REQUIRE_FALSE(done);
    CHECK(done.error().fault == Fault::transient);
    CHECK_THAT(done.error().what, Catch::Matchers::Contains("journal can't be written"));
    const auto message = site.opened(site.spool.waiting());
    CHECK(message.recipients()[0].last->event == Event::deferred);
}

TEST_CASE("A torn message is put back as it was", "[mta]") {
    BounceSite site;
    const auto name = site.add(envelope_to({"a@b.example"}));
    REQUIRE(::truncate((site.spool.path() + "/new/" + name).c_str(), 20) == 0);
    CHECK_FALSE(site.give_up(queue::parse_file_name(name)->id));
    CHECK(names_in(site.spool.waiting()).size() == 1);
}
