// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/operator/plan_report.hpp"
#include "support/residents.hpp"
#include "support/spooled.hpp"
#include "support/zone_resolver.hpp"

using namespace mailpipe;
using queue::Event;
using queue::State;
using test::envelope_to;

namespace {

constexpr std::string_view aliases =
    "team: alice, x@far.example, nobody\n"
    "bob: bob, y@far.example\n"
    "loop: loop2\nloop2: loop\n"
    "later: :include:/nonexistent/list\n";

struct Planning : test::SpoolSite {
    test::Residents residents{temp, "alice bob", aliases};
    mta::Directory directory = residents.open();
    test::ZoneResolver dns;
    mta::Routes routes;
    mta::PlanRules rules{&routes, nullptr};

    Planning() {
        for (const std::string domain : {"far.example", "farther.example"}) {
            dns.mx(domain, 10, "mx1.far.example");
            dns.mx(domain, 20, "mx2.far.example");
        }
        dns.address("mx1.far.example", "192.0.2.1");
        dns.address("mx2.far.example", "2001:db8::2");
    }
    mta::MessagePlan plan(queue::Message& message) { return plan_message(message, directory, rules, dns); }
    /// Without id and state.
    std::string text(queue::Message& message) {
        const auto text = plan_text(State::waiting, message, plan(message));
        const auto begin = "id: " + message.name().id + "\nstate: waiting\n";
        REQUIRE(text.starts_with(begin));
        return text.substr(begin.size());
    }
    std::string text(std::vector<std::string_view> recipients) {
        auto message = take(envelope_to(std::move(recipients)));
        return text(message);
    }
};

constexpr std::string_view far_hosts =
    "  host: 10 mx1.far.example[192.0.2.1]:25 opportunistic, nothing asks for more\n"
    "  host: 20 mx2.far.example[2001:db8::2]:25 opportunistic, nothing asks for more\n";

}  // namespace

TEST_CASE("A plan says whose mailbox it is, which site it goes to, and what is refused", "[mta][remote]") {
    Planning site;
    CHECK(site.text({"alice@here.example", "x@far.example", "Alice+tag@here.example", "nobody@here.example", "y@Farther.example",
                     "z@gone.example", "x@FAR.example"}) ==
          "local: alice@here.example, user alice\n"
          "local: Alice+tag@here.example, user alice\n"
          "site: mx1.far.example by smtp\n"
          "  to: x@far.example\n"
          "  to: x@FAR.example\n"
          "  to: y@Farther.example\n" +
              std::string{far_hosts} +
              "refused: nobody@here.example, 550 5.1.1 no such user here\n"
              "refused: z@gone.example, 550 5.1.2 gone.example: no such domain\n");
}

TEST_CASE("A plan expands aliases as delivery does, and writes nothing down", "[mta][remote]") {
    Planning site;
    auto message = site.take(envelope_to({"team@here.example", "bob@here.example", "loop@here.example", "later@here.example"}));
    const auto text = site.text(message);
    CHECK(text.starts_with("local: alice@here.example (alias team@here.example), user alice\n"
                           "local: bob@here.example (alias bob@here.example), user bob\n"
                           "site: mx1.far.example by smtp\n"
                           "  to: x@far.example (alias team@here.example)\n"
                           "  to: y@far.example (alias bob@here.example)\n"));
    CHECK(text.find("refused: nobody@here.example (alias team@here.example), 550 5.1.1 ") != std::string::npos);
    CHECK(text.find("refused: loop@here.example, 554 5.4.6 ") != std::string::npos);
    CHECK(text.find("deferred: later@here.example, 451 4.3.5 ") != std::string::npos);
    const auto file = queue::Message::open(site.claims.directory(), to_string(message.name()), queue::Message::Access::look);
    CHECK_FALSE(file.value().has_journal());
}

TEST_CASE("Who has the message is not planned for, and an alias that has been expanded is none any more", "[mta][remote]") {
    Planning site;
    auto message = site.take(envelope_to({"alice@here.example", "team@here.example", "x@far.example"}));
    message.note({1, 1, Event::delivered, 250, "2.0.0", "stored"});
    message.note({1, 2, Event::expanded, 250, "2.1.5", "bob@here.example\tteam@here.example"});
    message.note({1, 3, Event::deferred, 451, "4.4.1", "later"});
    CHECK(site.text(message) ==
          "local: bob@here.example (alias team@here.example), user bob\n"
          "site: mx1.far.example by smtp\n"
          "  to: x@far.example\n" + std::string{far_hosts} +
          "refused: team@here.example (alias team@here.example), 550 5.1.1 no such user here\n");
}

TEST_CASE("Who is reached twice is told both times, and who has come by now is a user", "[mta][remote]") {
    Planning site;
    site.residents.move_in("alice bob carol");
    CHECK(site.text({"alice@here.example", "team@here.example", "carol@here.example"}) ==
          "local: alice@here.example, user alice\n"
          "local: carol@here.example, user carol\n"
          "local: alice@here.example (alias team@here.example), user alice\n"
          "site: mx1.far.example by smtp\n"
          "  to: x@far.example (alias team@here.example)\n" + std::string{far_hosts} +
          "refused: nobody@here.example (alias team@here.example), 550 5.1.1 no such user here\n");
}

TEST_CASE("A message that has been here is planned as a loop", "[mta][remote]") {
    Planning site;
    auto message = site.take(envelope_to({"alice@here.example", "x@far.example"}),
                             "Received: x\nDelivered-To: alice@here.example\nSubject: hi\n\nhello\n");
    CHECK(site.text(message).find("refused: alice@here.example, 554 5.4.6 mail loop") != std::string::npos);
}

TEST_CASE("A plan says why a host has to be how safe, and which are left out", "[mta][remote]") {
    Planning site;
    site.dns.authentic("mx1.far.example");
    site.dns.fail("_25._tcp.mx1.far.example", dns::Type::tlsa, "SERVFAIL");
    site.routes = mta::Routes::parse({"far.example mx tls=encrypted", "lists.example lmtp:unix:/run/lists"}).value();
    CHECK(site.text({"x@far.example", "z@lists.example"}) ==
          "site: mx2.far.example by smtp\n"
          "  to: x@far.example\n"
          "  host: 20 mx2.far.example[2001:db8::2]:25 encrypted, the route says so\n"
          "  left out: mx1.far.example: TLSA of _25._tcp.mx1.far.example: SERVFAIL\n"
          "site: unix:/run/lists by lmtp\n"
          "  to: z@lists.example\n"
          "  host: unix:/run/lists\n");
}

TEST_CASE("REQUIRETLS raises what hosts have to prove, and refuses those that somebody may have made up", "[mta][remote][rfc8689]") {
    Planning site;
    using enum mta::TlsWish;
    const auto plan_for = [&](bool is_sure, mta::TlsWish wish) {
        mta::SitePlan way;
        plan_site(site.rules, site.dns, "far.example", 0, [&](mta::SitePlan made) { way = std::move(made); });
        while (site.dns.outstanding() > 0) site.dns.wait(std::chrono::seconds{1});
        way.terms.is_sure = is_sure;
        mta::MessagePlan plan;
        plan.add(way, {{test::mailbox("x@far.example")}}, wish);
        return plan;
    };
    CHECK(plan_for(false, none).remote.at(0).site.hosts.at(0).host.security == mta::Security::opportunistic);
    const auto raised = plan_for(true, required).remote.at(0).site.hosts.at(0);
    CHECK(raised.host.security == mta::Security::verified);
    CHECK(raised.why == "the message has REQUIRETLS");
    CHECK(plan_for(false, required).remote.empty());
    CHECK(plan_for(false, required).refused.at(0).reply.enhanced == "5.7.10");
}

TEST_CASE("A report goes without TLS, too, and a socket of this host needs none", "[mta][remote][rfc8689-5]") {
    Planning site;
    site.routes = mta::Routes::parse({"lists.example lmtp:unix:/run/lists"}).value();
    const auto text = [&](std::string_view recipient, std::string_view sender) {
        auto envelope = envelope_to({recipient}, sender);
        envelope.require_tls = true;
        auto message = site.take(envelope);
        return site.text(message);
    };
    CHECK_THAT(text("x@far.example", "alice@here.example"), Catch::Matchers::StartsWith("refused: x@far.example, 550 5.7.10 "));
    CHECK(text("x@far.example", "") == "site: mx1.far.example by smtp\n  to: x@far.example\n" + std::string{far_hosts});
    CHECK(text("z@lists.example", "alice@here.example") ==
          "site: unix:/run/lists by lmtp\n  to: z@lists.example\n  host: unix:/run/lists\n");
}

TEST_CASE("TLS-Required: No waives what was seen of a domain, but no route", "[mta][remote][rfc8689-3]") {
    Planning site;
    mta::TlsMemory memory{site.spool, site.clock};
    REQUIRE(memory.saw("far.example", mta::SeenTls::encrypted));
    site.rules.memory = &memory;
    const auto text = [&](std::string_view field, bool require_tls) {
        auto envelope = envelope_to({"x@far.example"}, require_tls ? "" : "alice@here.example");
        envelope.require_tls = require_tls;
        auto message = site.take(envelope, "Received: x\n" + std::string{field} + "\nhello\n");
        return site.text(message);
    };
    const auto waived = "[192.0.2.1]:25 opportunistic, the message has TLS-Required: No\n";
    CHECK_THAT(text("TLS-Required: No\n", false), Catch::Matchers::Contains(waived));
    CHECK_THAT(text("TLS-Required: Yes\n", false), Catch::Matchers::Contains("[192.0.2.1]:25 encrypted, "));
    CHECK_THAT(text("TLS-Required: No\n", true), Catch::Matchers::Contains("[192.0.2.1]:25 encrypted, "));  // REQUIRETLS overrules it
    site.routes = mta::Routes::parse({"far.example mx tls=encrypted"}).value();
    CHECK_THAT(text("TLS-Required: No\n", false), Catch::Matchers::Contains("[192.0.2.1]:25 encrypted, the route says so\n"));
}

TEST_CASE("A stranger's text does not reach the terminal", "[mta][remote]") {
    Planning site;
    site.dns.fail("bad.example", dns::Type::mx, "\x1b[31m");
    CHECK(site.text({"x@bad.example"}) == "deferred: x@bad.example, 451 4.4.3 DNS: MX of bad.example: ?[31m\n");
}

TEST_CASE("A plan is one object of JSON", "[mta][remote]") {
    Planning site;
    const auto file = site.temp / "login";
    REQUIRE(write_all(create_exclusive_at(open_directory(site.temp.path()).value(), "login").value(), "me:secret\n"));
    site.routes = mta::Routes::parse({"lists.example lmtp:unix:/run/lists", "far.example smtps:[2001:db8::9] login=" + file}).value();
    auto message = site.take(envelope_to({"team@here.example", "z@lists.example", "z@gone.example"}));
    CHECK(plan_json(State::held, message, site.plan(message)) ==
          R"({"version":1,"id":")" + message.name().id + R"(","state":"held",)"
          R"("local":[{"address":"alice@here.example","alias":"team@here.example","user":"alice"}],)"
          R"("sites":[{"name":"unix:/run/lists","protocol":"lmtp","recipients":[{"address":"z@lists.example"}],)"
          R"("hosts":[{"name":"unix:/run/lists","address":"/run/lists","preference":0,"tls":"none","why":"LMTP has no TLS"}],)"
          R"("left-out":[]},)"
          R"({"name":"2001:db8::9","protocol":"smtps","recipients":[{"address":"x@far.example","alias":"team@here.example"}],)"
          R"("hosts":[{"name":"2001:db8::9","address":"2001:db8::9","port":465,"preference":0,"tls":"encrypted",)"
          R"("why":"the route says smtps"}],"left-out":[],"login":"me"}],)"
          R"("refused":[{"address":"nobody@here.example","alias":"team@here.example","code":550,"enhanced":"5.1.1","text":"no such user here"},)"
          R"({"address":"z@gone.example","code":550,"enhanced":"5.1.2","text":"gone.example: no such domain"}]})");
}
