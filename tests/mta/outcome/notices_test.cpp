// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/outcome/notices.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using Catch::Matchers::Contains;
using queue::Event;
using test::envelope_to;

namespace {

const mta::NoticeRules rules{"mx.here.example", {"postmaster", "here.example"}};

/// Is somebody told about a recipient with this NOTIFY, once that has become of it after so many seconds?
bool is_told(mail::Notify notify, Event event, std::int64_t age = 0, std::string_view sender = "alice@here.example") {
    test::SpoolSite site;
    auto envelope = envelope_to({"bob@here.example"}, sender);
    envelope.recipients[0].notify = notify;
    auto message = site.take(envelope);
    const auto now = message.arrived() + age;
    message.note({now, 1, event, 250, "2.0.0", event == Event::expanded ? "a@here.example\tb@here.example" : "x"});
    const auto due = due_notices(rules, message, now);
    return std::ranges::find(due, std::size_t{0}) != due.end();
}

}  // namespace

TEST_CASE("Failures are told unasked, all else only when asked for", "[mta][rfc3461-4.1]") {
    const mail::Notify unasked{};
    const mail::Notify never{.never = true};
    const mail::Notify success{.success = true};
    const mail::Notify on_failure{.failure = true};
    const mail::Notify delay{.delay = true};
    struct Case { mail::Notify notify; bool delivered, failed, relayed, expanded, deferred; };
    const auto c = GENERATE_COPY(values<Case>({
        {unasked, false, true, false, false, false},
        {never, false, false, false, false, false},
        {success, true, false, true, true, false},
        {on_failure, false, true, false, false, false},
        {delay, false, false, false, false, true},
    }));
    const std::int64_t old = 4 * 3600;
    CHECK(is_told(c.notify, Event::delivered) == c.delivered);
    CHECK(is_told(c.notify, Event::failed) == c.failed);
    CHECK(is_told(c.notify, Event::relayed) == c.relayed);
    CHECK(is_told(c.notify, Event::expanded) == c.expanded);
    CHECK(is_told(c.notify, Event::deferred, old) == c.deferred);
    CHECK_FALSE(is_told(c.notify, Event::deferred, old - 1));
}

TEST_CASE("Delays are told unasked where the rules say so, but not to who asked for something else", "[mta][rfc3461-4.1]") {
    auto eager = rules;
    eager.delay_notice = std::chrono::hours{1};
    struct Case { mail::Notify notify; std::string_view sender; bool told; };
    const auto c = GENERATE(values<Case>({
        {{}, "alice@here.example", true},
        {{.delay = true}, "alice@here.example", true},
        {{.failure = true}, "alice@here.example", false},
        {{.never = true}, "alice@here.example", false},
        {{}, "", false},
    }));
    test::SpoolSite site;
    auto envelope = envelope_to({"bob@here.example"}, c.sender);
    envelope.recipients[0].notify = c.notify;
    auto message = site.take(envelope);
    const auto told_at = message.arrived() + 3600;
    CHECK_FALSE(next_delay_notice(eager, message, told_at - 1));  // nothing was tried yet
    message.note({0, 1, Event::deferred, 451, "4.2.0", "later"});
    CHECK(due_notices(eager, message, told_at - 1).empty());
    CHECK(due_notices(eager, message, told_at).size() == (c.told ? 1 : 0));
    CHECK(next_delay_notice(eager, message, told_at - 1) == (c.told ? std::optional{told_at} : std::nullopt));
    CHECK_FALSE(next_delay_notice(eager, message, told_at));
    message.note({0, 1, Event::notified, 250, "2.0.0", "id"});
    CHECK(due_notices(eager, message, told_at).empty());
    CHECK_FALSE(next_delay_notice(eager, message, told_at - 1));
}

TEST_CASE("Of a message without a sender only failures are told, whatever it asks for", "[mta][rfc5321-4.5.5]") {
    CHECK(is_told({.never = true}, Event::failed, 0, ""));
    CHECK_FALSE(is_told({.success = true}, Event::delivered, 0, ""));
    CHECK_FALSE(is_told({.delay = true}, Event::deferred, 86400, ""));
}

TEST_CASE("Nobody is told twice", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"bob@here.example"}));
    message.note({0, 1, Event::failed, 550, "5.1.1", "no"});
    CHECK(due_notices(rules, message, 0).size() == 1);
    message.note({0, 1, Event::notified, 250, "2.0.0", "id"});
    CHECK(due_notices(rules, message, 0).empty());
}

TEST_CASE("A report that postmaster can't get is hopeless", "[mta]") {
    test::SpoolSite site;
    auto to_postmaster = site.take(envelope_to({"Postmaster@here.example"}, ""));
    CHECK_FALSE(is_hopeless(rules, to_postmaster));
    to_postmaster.note({0, 1, Event::failed, 550, "5.1.1", "no"});
    CHECK(is_hopeless(rules, to_postmaster));

    auto by_alias = site.take(envelope_to({"postmaster@here.example"}, ""));
    by_alias.note({0, 1, Event::expanded, 250, "2.1.5", "bob@here.example"});
    by_alias.note({0, 2, Event::failed, 550, "5.1.1", "no"});
    CHECK(is_hopeless(rules, by_alias));

    auto from_alice = site.take(envelope_to({"postmaster@here.example"}));
    from_alice.note({0, 1, Event::failed, 550, "5.1.1", "no"});
    CHECK_FALSE(is_hopeless(rules, from_alice));
}

TEST_CASE("A report goes to the sender, from nobody, with what RFC 3464 wants", "[mta][rfc3464]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"bob@here.example", "carol@here.example"}),
                             "Received: x\nMessage-ID: <1@x>\nSubject: hi\n\nhello\n");
    message.note({unix_seconds(site.clock.now()), 1, Event::failed, 550, "5.1.1", "no such\x1b user"});
    const auto id = write_notice(rules, site.spool, message, {0}, site.clock.now()).value();
    const auto report = site.only_new();
    CHECK_THAT(report, Catch::Matchers::StartsWith("Return-Path: <>\nDelivered-To: alice@here.example\nReceived: by mx.here.example (mailpipe) id " + id));
    CHECK_THAT(report, Contains("\nFrom: Mail Delivery System <postmaster@here.example>\nTo: <alice@here.example>\n"));
    CHECK_THAT(report, Contains("\nAuto-Submitted: auto-replied\n"));
    CHECK_THAT(report, Contains("\nReferences: <1@x>\n"));
    CHECK_THAT(report, Contains("report-type=\"delivery-status\""));
    CHECK_THAT(report, Contains("\n  <bob@here.example>\n    failed: 550 5.1.1 no such  user\n"));
    CHECK_THAT(report, Contains("\nFinal-Recipient: rfc822; bob@here.example\nAction: failed\nStatus: 5.1.1\n"));
    CHECK_THAT(report, Contains("Content-Type: message/rfc822\n"));
    CHECK_THAT(report, Contains("\nSubject: hi\n\nhello\n\n--"));
    CHECK_THAT(report, !Contains("carol"));
}

TEST_CASE("A message comes back whole up to 64 KiB, and else its header", "[mta][rfc3461-4.3]") {
    const std::string header = "Received: x\nSubject: hi\n";
    struct Case { std::size_t octets; mail::Return dsn_return; bool whole; };
    const auto c = GENERATE(values<Case>({
        {mta::max_returned_octets, mail::Return::full, true},
        {mta::max_returned_octets, mail::Return::unspecified, true},
        {mta::max_returned_octets + 1, mail::Return::full, false},
        {1000, mail::Return::headers, false},
    }));
    test::SpoolSite site;
    auto envelope = envelope_to({"bob@here.example"});
    envelope.dsn_return = c.dsn_return;
    auto message = site.take(envelope, header + "\n" + std::string(c.octets - header.size() - 1, 'b'));
    message.note({0, 1, Event::failed, 550, "5.1.1", "no"});
    REQUIRE(write_notice(rules, site.spool, message, {0}, site.clock.now()));
    const auto report = site.only_new();
    CHECK((report.find("Content-Type: message/rfc822\n") != report.npos) == c.whole);
    CHECK((report.find("Content-Type: text/rfc822-headers\n") != report.npos) == !c.whole);
    CHECK((report.find(std::string(40, 'b')) != report.npos) == c.whole);  // a boundary may have some, too
    CHECK_THAT(report, Contains("\nSubject: hi\n"));
}

TEST_CASE("A report without a failure has the header only, and a message's odd Message-ID is not repeated", "[mta]") {
    test::SpoolSite site;
    auto message = site.take(envelope_to({"bob@here.example"}), "Received: x\nMessage-ID: <a b>\nSubject: hi\n\nhello\n");
    message.note({0, 1, Event::delivered, 250, "2.0.0", "ok"});
    REQUIRE(write_notice(rules, site.spool, message, {0}, site.clock.now()));
    CHECK_THAT(site.only_new(), !Contains("hello") && !Contains("References") && Contains("Action: delivered"));
}

TEST_CASE("A report tells which host said what, and how long it will be tried", "[mta][rfc3464-2.3]") {
    struct Case { Event event; int code; std::string_view enhanced, text, human, machine; };
    const auto c = GENERATE(values<Case>({
        {Event::failed, 550, "5.1.1", "mx.far.example[192.0.2.1]:25 to RCPT: no such user",
         "failed: mx.far.example[192.0.2.1]:25 said: 550 5.1.1 no such user\n",
         "Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.far.example\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n"
         "Last-Attempt-Date: Tue, 14 Nov 2023 22:13:20 +0000\nFinal-Log-ID: "},
        {Event::failed, 451, "4.4.7", "not delivered in time; the last try: 451 4.2.0 mx.far.example[192.0.2.1]:25 to RCPT: later",
         "failed: mx.far.example[192.0.2.1]:25 said: 451 4.2.0 later\n    It was tried for as long as messages are kept.\n",
         "Action: failed\nStatus: 4.4.7\nRemote-MTA: dns; mx.far.example\nDiagnostic-Code: smtp; 451 4.2.0 later\n"},
        {Event::deferred, 451, "4.2.0", "mx.far.example[192.0.2.1]:25 to MAIL: later",
         "delayed: mx.far.example[192.0.2.1]:25 said: 451 4.2.0 later\n",
         "Will-Retry-Until: Sun, 19 Nov 2023 22:13:20 +0000\n"},
        {Event::relayed, 250, "2.0.0", "mx.far.example[192.0.2.1]:25 to mail data: queued",
         "relayed: mx.far.example[192.0.2.1]:25 said: 250 2.0.0 queued\n    (that host makes no reports",
         "Action: relayed\nStatus: 2.0.0\nRemote-MTA: dns; mx.far.example\n"},
        {Event::failed, 550, "5.1.1", "mx.far.example[192.0.2.1]:25 to RCPT: \xc2\x9b[2J \xff\xe2\x80\xae no",
         "failed: mx.far.example[192.0.2.1]:25 said: 550 5.1.1 ?[2J ?? no\n", "Remote-MTA: dns; mx.far.example\n"},
        {Event::deferred, 451, "4.4.2", "mx.far.example[192.0.2.1]:25 at mail data: timed out",
         "delayed: mx.far.example[192.0.2.1]:25: 451 4.4.2 timed out\n", "Remote-MTA: dns; mx.far.example\n"},
        {Event::deferred, 451, "4.4.1", "mx.far.example[192.0.2.1]:25: Connection refused",
         "delayed: mx.far.example[192.0.2.1]:25: 451 4.4.1 Connection refused\n", "Remote-MTA: dns; mx.far.example\n"},
        {Event::failed, 550, "5.1.2", "no such domain", "failed: 550 5.1.2 no such domain\n",
         "Action: failed\nStatus: 5.1.2\nDiagnostic-Code: smtp; 550 5.1.2 no such domain\n"},
    }));
    CAPTURE(c.text);
    test::SpoolSite site;
    auto message = site.take(envelope_to({"bob@far.example"}));
    message.note({message.arrived(), 1, c.event, c.code, std::string{c.enhanced}, std::string{c.text}});
    REQUIRE(write_notice(rules, site.spool, message, {0}, site.clock.now()));
    const auto report = site.only_new();
    CHECK_THAT(report, Contains(std::string{c.human}));
    CHECK_THAT(report, Contains(std::string{c.machine}));
}
