// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/operator/queue_report.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using queue::State;
using test::envelope_to;

TEST_CASE("A listed message tells who waits, until when and why", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"a@here.example", "b@here.example", "c@here.example"}));
    const auto arrived = message.arrived();
    const auto id = message.name().id;
    const auto size = std::to_string(message.name().octets);
    CHECK(mta::list_line(State::fresh, message, arrived + 60) ==
          id + " 60s " + size + " <alice@here.example> a@here.example+2 new -");

    message.note({arrived, 1, Event::delivered, 250, "2.0.0", "ok"});
    message.note({arrived, 2, Event::deferred, 451, "4.2.0", "mail\tbox busy"});
    message.note({arrived, 3, Event::failed, 550, "5.1.1", "no"});
    CHECK(mta::list_line(State::active, message, arrived + 3 * 86400) ==
          id + " 3d " + size + " <alice@here.example> b@here.example active 451 4.2.0 mail box busy");
}

TEST_CASE("The time to the next try is told for what waits", "[mta]") {
    test::SpoolSite site;
    const auto name = site.take(envelope_to({"a@here.example"}, "")).name();
    REQUIRE(site.claims.put_back(name, 1'700'003'600));
    const auto file = test::names_in(site.spool.waiting())[0];
    const auto message = queue::Message::open(site.spool.waiting(), file, queue::Message::Access::look).value();
    using Catch::Matchers::Contains;
    CHECK_THAT(mta::list_line(State::waiting, message, 1'700'000'000), Contains(" <> a@here.example in 60m -"));
    CHECK_THAT(mta::list_line(State::waiting, message, 1'700'003'600), Contains(" <> a@here.example due -"));
}

TEST_CASE("JSON has what sendq(8) describes", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"team@here.example"}), "Received: x\nSubject: \"\xff\n\nx\n");
    message.note({1'700'000'000, 1, Event::expanded, 250, "2.1.5", "a@here.example"});
    message.note({1'700'000'000, 2, Event::deferred, 451, "4.2.0", "later"});
    const auto common = "{\"version\":1,\"id\":\"" + message.name().id +
                        "\",\"state\":\"held\",\"arrived\":\"2023-11-14T22:13:20.000000Z\",\"octets\":" +
                        std::to_string(message.name().octets) +
                        ",\"sender\":\"alice@here.example\",\"recipients\":["
                        "{\"address\":\"team@here.example\",\"state\":\"expanded\",\"tries\":0},"
                        "{\"address\":\"a@here.example\",\"state\":\"deferred\",\"tries\":1,\"alias\":\"team@here.example\","
                        "\"time\":\"2023-11-14T22:13:20.000000Z\",\"code\":451,\"enhanced\":\"4.2.0\",\"text\":\"later\"}]";
    CHECK(mta::list_json(State::held, message) == common + "}");
    CHECK(mta::show_json(State::held, message).value() ==
          common + ",\"header\":\"Received: x\\nSubject: \\\"\xef\xbf\xbd\\n\"}");
}

TEST_CASE("What is shown on a terminal can't command it", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"a@here.example"}), "Received: x\nSubject: \x1b]0;x\x07\n\tfolded\n\nbody\n");
    const auto text = mta::show_text(State::fresh, message, 0).value();
    CHECK_THAT(text, Catch::Matchers::EndsWith("\nReceived: x\nSubject: ?]0;x?\n\tfolded\n"));
    CHECK_THAT(text, Catch::Matchers::Contains("\nrecipient: a@here.example pending\n"));
}
