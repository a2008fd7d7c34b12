// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <nlohmann/json.hpp>

#include "mta/operator/queue_why.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using queue::Event;
using queue::State;
using test::envelope_to;

namespace {

constexpr std::int64_t t0 = 1'700'000'000;

/// Two tries at Gmail, the second over another host.
queue::Message tried(test::SpoolSite& site) {
    auto message = site.take(envelope_to({"bob@gmail.example", "eve@here.example"}));
    message.note({t0, 1, Event::routed, 250, "2.0.0", "gmail-smtp-in.l.google.com"});
    message.note({t0 + 1, 1, Event::deferred, 451, "4.4.1", "connect: Connection refused"});
    message.note({t0 + 1, 2, Event::delivered, 250, "2.0.0", "stored"});
    REQUIRE(message.save(site.claims.directory()));
    message.note({t0 + 900, 1, Event::tried, 421, "4.4.2", "timed out"});
    message.note({t0 + 901, 1, Event::deferred, 421, "4.7.28", "unusual rate - gsmtp"});
    return message;
}

}  // namespace

TEST_CASE("The story of a message has every try, what it means and what to do", "[mta]") {
    test::SpoolSite site;
    const auto message = tried(site);
    CHECK(mta::why_text(State::active, message, t0 + 1000).value() ==
          "id: " + message.name().id + "\nstate: active: it is being delivered now\narrived: 2023-11-14T22:13:20.000000Z, 16m ago\n"
          "sender: <alice@here.example>\n\n"
          "recipient: bob@gmail.example deferred 2 times, site gmail-smtp-in.l.google.com\n"
          "  2023-11-14T22:13:20.000000Z routed to gmail-smtp-in.l.google.com\n"
          "  2023-11-14T22:13:21.000000Z deferred 451 4.4.1 connect: Connection refused\n"
          "  2023-11-14T22:28:20.000000Z tried 421 4.4.2 timed out\n"
          "  2023-11-14T22:28:21.000000Z deferred 421 4.7.28 unusual rate - gsmtp\n"
          "  cause: Gmail gets too much mail from this host's address that people do not want, and slows it down.\n"
          "  remedy: Leave the queue to its schedule, and find out who sends so much: a broken-in account, a script, a list that nobody "
          "asked for.\n\n"
          "recipient: eve@here.example delivered\n"
          "  2023-11-14T22:13:21.000000Z delivered 250 2.0.0 stored\n");
}

TEST_CASE("The story as JSON has the attempts, cause and remedy of each recipient", "[mta]") {
    test::SpoolSite site;
    const auto story = nlohmann::json::parse(mta::why_json(State::waiting, tried(site)).value());
    CHECK(story["state"] == "waiting");
    const auto& bob = story["recipients"][0];
    CHECK(bob["site"] == "gmail-smtp-in.l.google.com");
    CHECK(bob["tries"] == 2);
    REQUIRE(bob["attempts"].size() == 4);
    CHECK(bob["attempts"][2] == nlohmann::json{{"time", "2023-11-14T22:28:20.000000Z"}, {"event", "tried"}, {"code", 421},
                                               {"enhanced", "4.4.2"}, {"text", "timed out"}});
    CHECK(bob["cause"].get<std::string>().starts_with("Gmail gets too much mail"));
    CHECK(bob["remedy"].get<std::string>().starts_with("Leave the queue"));
    const auto& eve = story["recipients"][1];
    CHECK_FALSE(eve.contains("cause"));
    CHECK(eve["attempts"].size() == 1);
}

TEST_CASE("The story as JSON tells host, command and reply apart", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"bob@b.example"}));
    message.note({t0, 1, Event::tried, 451, "4.4.1", "mx1.b.example[192.0.2.1]:25: connect: Connection refused"});
    message.note({t0 + 1, 1, Event::deferred, 452, "4.3.1", "mx2.b.example[192.0.2.2]:25 to mail data: disk full"});
    message.note({t0 + 2, 1, Event::deferred, 451, "4.3.0", "no host"});
    const auto attempts = nlohmann::json::parse(mta::why_json(State::waiting, message).value())["recipients"][0]["attempts"];
    REQUIRE(attempts.size() == 3);
    CHECK(attempts[0]["host"] == "mx1.b.example[192.0.2.1]:25");
    CHECK_FALSE(attempts[0].contains("command"));
    CHECK(attempts[0]["reply"] == "451 4.4.1 connect: Connection refused");
    CHECK(attempts[1]["host"] == "mx2.b.example[192.0.2.2]:25");
    CHECK(attempts[1]["command"] == "mail data");
    CHECK(attempts[1]["reply"] == "452 4.3.1 disk full");
    CHECK(attempts[1]["text"] == "mx2.b.example[192.0.2.2]:25 to mail data: disk full");
    CHECK_FALSE(attempts[2].contains("host"));
    CHECK_FALSE(attempts[2].contains("reply"));
}

TEST_CASE("What was never tried has no cause, and a terminal is not commanded", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"team@here.example"}));
    const auto fresh = mta::why_text(State::fresh, message, t0).value();
    CHECK_THAT(fresh, Catch::Matchers::Contains("state: new: not tried yet\n"));
    CHECK_THAT(fresh, Catch::Matchers::EndsWith("recipient: team@here.example pending, site here.example\n"));
    message.note({t0, 1, Event::expanded, 250, "2.0.0", "a@here.example\tb@b.example"});
    message.note({t0, 2, Event::deferred, 550, "4.2.0", "\x1b[31m red"});
    message.note({t0, 3, Event::failed, 550, "5.1.1", "no"});
    const auto text = mta::why_text(State::held, message, t0).value();
    CHECK_THAT(text, Catch::Matchers::Contains("expanded to a@here.example b@b.example\n"));
    CHECK_THAT(text, Catch::Matchers::Contains("recipient: a@here.example deferred alias team@here.example 1 time, site here.example\n"));
    CHECK_THAT(text, Catch::Matchers::Contains("cause: There is no such mailbox.\n"));
    CHECK(text.find('\x1b') == std::string::npos);
}
