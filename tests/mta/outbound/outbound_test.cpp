// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/outbound/outbound.hpp"
#include "support/file_size_limit.hpp"
#include "support/lmtp_station.hpp"
#include "support/no_remote.hpp"
#include "support/residents.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using test::envelope_to;
using test::names_in;
using End = test::LmtpStation::End;

namespace {

struct Site : test::SpoolSite {
    test::LmtpStation server;
    test::Residents residents{temp, "bob carol later"};
    mta::Directory directory = residents.open();
    mta::Outcomes outcomes{spool, claims, {"mx.here.example", {"postmaster", "here.example"}}, clock};
    mta::LocalStation station{"mx.here.example", {}, server.address()};
    queue::FullMailboxes full{spool, clock};
    test::NoRemote remote{spool, claims, outcomes, clock, [this](queue::Message& message) { outbound.conclude(message); }};
    mta::Outbound outbound{{&spool, &claims, &directory, &outcomes, &station, &full, remote.opener()}};

    explicit Site(test::LmtpStation::Rules rules = {}) : server(temp / "lmtp", std::move(rules)) {}
    ~Site() { stop(); }

    void stop() {
        station.drop();
        server.stop();
    }
    Result<void> run(const mail::Envelope& envelope) {
        const auto taken = outbound.take(spool.new_messages(), add(envelope));
        const auto ended = outbound.end_run();
        return taken ? ended : taken;
    }
    std::size_t waiting() const { return names_in(spool.waiting()).size(); }
    /// The only message in cur/.
    queue::Message waiting_message() const {
        const auto names = names_in(spool.waiting());
        REQUIRE(names.size() == 1);
        return queue::Message::open(spool.waiting(), names[0], queue::Message::Access::look).value();
    }
};

const auto to_bob = envelope_to({"bob@here.example"});

}  // namespace

TEST_CASE("A conversation that the server ended while nothing was asked is begun anew", "[mta]") {
    const auto* extensions = GENERATE("250 PIPELINING\r\n", "250 XLINK\r\n");
    CAPTURE(extensions);
    Site site{{{End::after_message}, extensions}};
    for (int n = 0; n < 3; ++n) REQUIRE(site.run(to_bob));
    CHECK(site.waiting() == 0);
    site.stop();
    CHECK(site.server.conversations() == 3);
}

TEST_CASE("What breaks before the text is tried once more at once", "[mta]") {
    Site site{{{End::at_mail, End::never}}};
    REQUIRE(site.run(to_bob));
    CHECK(site.waiting() == 0);
    site.stop();
    CHECK(site.server.conversations() == 2);
}

TEST_CASE("Once, and no more", "[mta]") {
    Site site{{{End::at_mail}}};
    REQUIRE(site.run(to_bob));
    CHECK(site.waiting() == 1);
    site.stop();
    CHECK(site.server.conversations() == 2);
}

TEST_CASE("What breaks after the text may have been stored, and waits", "[mta]") {
    const auto* extensions = GENERATE("250 PIPELINING\r\n", "250 XLINK\r\n");
    CAPTURE(extensions);
    Site site{{{End::at_text, End::never}, extensions}};
    REQUIRE(site.run(to_bob));
    CHECK(site.waiting_message().recipients()[0].last->event == queue::Event::deferred);
    site.stop();
    CHECK(site.server.conversations() == 1);
}

TEST_CASE("A server is told when nothing more comes", "[mta][rfc5321-4.1.1.10]") {
    Site site;
    REQUIRE(site.run(to_bob));
    site.stop();
    CHECK_THAT(site.server.heard(0), Catch::Matchers::EndsWith(".\nQUIT\n"));
}

TEST_CASE("Mail to other hosts is begun when there is some", "[mta]") {
    Site site;
    REQUIRE(site.run(to_bob));
    CHECK(site.remote.asked == 0);
    CHECK(site.outbound.file_number() == -1);
    for (int n = 0; n < 2; ++n) REQUIRE(site.run(envelope_to({"erin@elsewhere.example"})));
    CHECK(site.remote.asked == 1);
    CHECK(site.outbound.file_number() >= 0);
    site.outbound.finish();
    CHECK(site.waiting() == 2);
}

TEST_CASE("Where mail to other hosts can't be begun it waits, and local mail goes on", "[mta]") {
    Site site;
    site.remote.trouble = Error{Fault::permanent, "no such trust", ExitStatus::configuration};
    REQUIRE(site.outbound.take(site.spool.new_messages(), site.add(envelope_to({"erin@elsewhere.example"}))));
    REQUIRE(site.outbound.take(site.spool.new_messages(), site.add(envelope_to({"erin@elsewhere.example", "bob@here.example"}))));
    CHECK(site.outbound.end_run().error().what == "no such trust");
    CHECK(site.remote.asked == 1);
    CHECK(site.waiting() == 2);
    site.remote.trouble.reset();
    REQUIRE(site.run(envelope_to({"erin@elsewhere.example"})));
    CHECK(site.remote.asked == 2);
    site.outbound.finish();
    for (const auto& name : names_in(site.spool.waiting())) {
        const auto message = queue::Message::open(site.spool.waiting(), name, queue::Message::Access::look).value();
        CHECK(message.recipients()[0].last->event == queue::Event::deferred);
    }
}

TEST_CASE("Without local delivery its recipients wait, and the run goes on", "[mta]") {
    Site site;
    site.stop();
    const auto taken = site.outbound.take(site.spool.new_messages(), site.add(to_bob));
    REQUIRE(taken);
    site.clock.advance(std::chrono::hours{5 * 24});
    REQUIRE(site.outbound.take(site.spool.waiting(), names_in(site.spool.waiting())[0]));
    REQUIRE(site.outbound.take(site.spool.new_messages(), site.add(to_bob)));
    CHECK(site.outbound.end_run().error().fault == Fault::transient);
    CHECK(site.outbound.end_run());
    const auto message = site.waiting_message();
    CHECK(message.recipients()[0].last->code == 451);
    CHECK(message.recipients()[0].last->enhanced == "4.4.1");
    CHECK_THAT(site.only_new(), Catch::Matchers::Contains("Undeliver"));
}

TEST_CASE("What could not be written down stays claimed until it can", "[mta]") {
    Site site;
    const auto name = site.add(envelope_to({"bob@here.example", "later@here.example"}));
    const auto octets = static_cast<std::size_t>(status_at(site.spool.new_messages(), name).value().st_size);
    {
        const test::FileSizeLimit limit{octets};
        REQUIRE(site.outbound.take(site.spool.new_messages(), name));
        REQUIRE(site.outbound.end_run());
        CHECK(exit_status(site.outbound.take_trouble().value()) == ExitStatus::try_again);
        CHECK(names_in(site.claims.directory()) == std::vector{name});
        CHECK(site.waiting() == 0);
    }
    REQUIRE(site.outbound.end_run());
    CHECK(names_in(site.claims.directory()).empty());
    const auto message = site.waiting_message();
    CHECK(message.recipients()[0].last->event == queue::Event::delivered);
    CHECK(message.recipients()[1].last->event == queue::Event::deferred);
}
