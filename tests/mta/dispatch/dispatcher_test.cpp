// SPDX-License-Identifier: ISC
#include "mta/dispatch/dispatcher.hpp"

#include <atomic>
#include <future>
#include <thread>

#include "support/sending.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using test::Host;
using test::Sending;
using test::Taking;
using test::answers;
using test::envelope_to;
using test::names_in;
using test::says;
using test::unused_port;

TEST_CASE("A message's recipients in domains with the same hosts share one transaction", "[mta][remote]") {
    Taking there;
    Sending here;
    here.open(there.port());
    here.site("one.example", "mx.there.example");
    here.dns.mx("two.example", 10, "mx.there.example");
    here.send({"bob@one.example", "carol@two.example", "bob@One.Example"});
    here.run();
    CHECK(here.concluded == 1);
    CHECK(names_in(here.spool.waiting()).empty());
    CHECK(names_in(here.claims.directory()).empty());
    REQUIRE(there.messages().size() == 1);
    CHECK(there.server.mailroom.messages[0].envelope.recipients.size() == 3);
}

TEST_CASE("Messages of one site go over few connections", "[mta][remote]") {
    Taking there;
    Sending here;
    here.limits.site_connections = 1;  // the host takes them one after another
    here.open(there.port());
    here.site("one.example", "mx.there.example");
    for (int n = 0; n < 30; ++n) here.send({"bob@one.example"});
    here.run();
    CHECK(here.concluded == 30);
    CHECK(there.messages().size() == 30);
}

TEST_CASE("What the host answers for a recipient is his outcome", "[mta][remote]") {
    Taking there;
    Sending here;
    here.open(there.port());
    here.site("one.example", "mx.there.example");
    here.send({"bob@one.example", "later@one.example", "unknown@one.example"});
    here.run();
    const auto waiting = here.deferred();
    REQUIRE(waiting.size() == 1);
    const auto& recipients = waiting[0].recipients();
    CHECK(recipients[0].last->event == queue::Event::relayed);
    CHECK(recipients[1].last->event == queue::Event::deferred);
    CHECK(recipients[1].site == "mx.there.example");
    CHECK(recipients[2].last->event == queue::Event::failed);
    CHECK(recipients[2].last->text.starts_with("mx.there.example[127.0.0.1]:"));
}

TEST_CASE("A domain that takes no mail is not tried", "[mta][remote][rfc7505-4.2]") {
    Sending here;
    here.open(unused_port());
    here.dns.mx("null.example", 0, "");
    here.send({"bob@null.example"});
    here.run();
    CHECK(names_in(here.spool.waiting()).empty());
    CHECK(here.only_new().find("5.1.10") != std::string::npos);  // the report
}

TEST_CASE("What the DNS does not know now is tried again later", "[mta][remote]") {
    Sending here;
    here.open(unused_port());
    here.dns.fail("slow.example", dns::Type::mx, "timed out");
    here.send({"bob@slow.example"});
    here.run();
    CHECK(here.reason().starts_with("451 4.4.3 "));
}

TEST_CASE("When no host of a site can be reached, all that waits for it is told so, and what comes, too", "[mta][remote]") {
    Sending here;
    here.open(unused_port());
    here.site("dead.example", "mx1.dead.example", "127.0.0.2");
    here.dns.mx("dead.example", 20, "mx2.dead.example");
    here.dns.address("mx2.dead.example", "127.0.0.3");
    here.send({"bob@dead.example"});
    here.send({"carol@dead.example"});
    here.run();
    here.send({"dave@dead.example"});
    CHECK(here.dispatcher->is_idle());
    const auto waiting = here.deferred();
    REQUIRE(waiting.size() == 3);
    for (const auto& message : waiting) {
        CHECK(message.recipients()[0].last->text.starts_with("mx2.dead.example[127.0.0.3]:"));
        CHECK(message.recipients()[0].last->enhanced == "4.4.1");
    }
    const auto text = read_file(here.spool.path() + "/cur/" + names_in(here.spool.waiting())[0], 10'000).value();
    CHECK(text.find(" tried 451 4.4.1 mx1.dead.example[127.0.0.2]:") != std::string::npos);
}

TEST_CASE("A level of TLS that was seen is waived by who would rather be read than lost", "[mta][remote][rfc8689-3]") {
    Taking there;
    Sending here;
    here.open(there.port());
    here.site("one.example", "mx.there.example");
    REQUIRE(here.memory.saw("one.example", mta::SeenTls::encrypted));
    here.send(envelope_to({"bob@one.example"}), "Received: x\nTLS-Required: No\n\nhello\n");
    here.send({"carol@one.example"});
    here.run();
    CHECK(here.reason().starts_with("451 4.7.10 "));
    REQUIRE(there.messages().size() == 1);
    CHECK(to_string(there.server.mailroom.messages[0].envelope.recipients[0].mailbox) == "bob@one.example");
}

TEST_CASE("What DNSSEC says of one domain is not said of another with the same hosts", "[mta][remote][rfc8689-4.2.1]") {
    Sending here;
    here.open(unused_port());
    here.site("signed.example", "mx.there.example");
    here.dns.mx("unsigned.example", 10, "mx.there.example");
    here.dns.authentic("signed.example");
    const bool signed_first = GENERATE(true, false);
    auto first = envelope_to({signed_first ? "bob@signed.example" : "bob@unsigned.example"});
    auto second = envelope_to({signed_first ? "bob@unsigned.example" : "bob@signed.example"});
    first.require_tls = second.require_tls = true;
    here.send(first);
    here.run();
    here.send(second);
    here.run();
    CHECK(here.deferred().size() == 1);  // nobody is there
    CHECK(here.deferred()[0].recipients()[0].recipient.mailbox.domain == "signed.example");
    CHECK(here.only_new().find("5.7.10") != std::string::npos);
}

TEST_CASE("Who is one recipient too many goes in the next transaction", "[mta][remote][rfc5321-4.5.3.1.10]") {
    const std::string refusal = GENERATE("452 4.5.3 too many", "552 5.5.3 too many", "452 too many");
    const Host host{{answers({"220 mx", "250 mx", "250 m", "250 r", refusal, "354 d", "250 ok", "250 m", "250 r", "354 d", "250 ok"})}};
    Sending here;
    here.limits.site_connections = 1;
    here.open(host.address.port());
    here.site("one.example", "mx.one.example");
    here.send({"bob@one.example", "carol@one.example"});
    here.run();
    CHECK(names_in(here.spool.waiting()).empty());
    CHECK(here.concluded == 1);
}

TEST_CASE("A message that requires TLS does not go where anybody could have made up the hosts", "[mta][remote][rfc8689-4.2.1]") {
    Sending here;
    here.open(unused_port());
    here.site("one.example", "mx.there.example");
    auto envelope = envelope_to({"bob@one.example"});
    envelope.require_tls = true;
    here.send(envelope);
    here.run();
    CHECK(names_in(here.spool.waiting()).empty());
    CHECK(here.only_new().find("5.7.10") != std::string::npos);  // the report
}

TEST_CASE("A site that has enough to do leaves messages in cur/ until their turn", "[mta][remote]") {
    std::promise<void> may_begin;
    const auto begin = may_begin.get_future().share();
    Taking there{[begin](test::Server& server) { return [&server, begin](int peer) { begin.wait(), server.serve(peer, false); }; }};
    Sending here;
    here.limits.site_connections = 1;
    here.limits.site_messages = 10;
    here.open(there.port());
    here.site("one.example", "mx.there.example");
    constexpr std::size_t count = 60;
    for (std::size_t n = 0; n < count; ++n) {
        here.send({"bob@one.example"});
        here.dispatcher->turn(0ms);
    }
    const auto parked = names_in(here.spool.waiting());
    REQUIRE(parked.size() == count - 10);
    const auto id = queue::parse_file_name(parked.back()).value().id;
    CHECK(here.dispatcher->is_parked(id));
    may_begin.set_value();
    here.run();
    CHECK_FALSE(here.dispatcher->is_parked(id));
    CHECK(here.concluded == count);
    CHECK(there.messages().size() == count);
}

TEST_CASE("Who was to be tried once more when it has to stop waits in the queue, and nothing waits for him", "[mta][remote]") {
    std::atomic<bool> has_text = false;
    const Host host{{[&](int peer) {
        answers({"220 mx", "250 mx", "250 m", "250 r", "452 4.5.3 too many", "354 d"})(peer);
        has_text = true;
        std::this_thread::sleep_for(300ms);
        (void)::send(peer, "250 ok\r\n", 8, MSG_NOSIGNAL);
    }}};
    Sending here;
    here.open(host.address.port());
    here.site("one.example", "mx.one.example");
    here.send({"bob@one.example", "carol@one.example"});
    while (!has_text) here.dispatcher->turn(10ms);
    const auto begin = std::chrono::steady_clock::now();
    here.dispatcher->stop();
    CHECK(std::chrono::steady_clock::now() - begin < 10s);
    CHECK(here.dispatcher->is_idle());
    const auto left = here.deferred();
    REQUIRE(left.size() == 1);
    CHECK(left[0].recipients()[0].last->event == queue::Event::relayed);
    CHECK_FALSE(left[0].recipients()[1].is_done());
}

TEST_CASE("What was not begun when it has to stop is as if it had not been taken", "[mta][remote]") {
    const Host host{{says("")}};  // never greets
    Sending here;
    here.open(host.address.port());
    here.site("one.example", "mx.one.example");
    here.dns.fail("slow.example", dns::Type::mx, "timed out");
    here.send({"bob@one.example"});
    here.send({"bob@slow.example"});
    here.dispatcher->turn(0ms);
    here.dispatcher->stop();
    CHECK(here.dispatcher->is_idle());
    for (const auto& message : here.deferred()) CHECK(message.recipients()[0].tries <= 1);
    CHECK(here.deferred().size() == 2);
}
