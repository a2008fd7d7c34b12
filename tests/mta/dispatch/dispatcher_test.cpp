// SPDX-License-Identifier: ISC
#include "mta/dispatch/dispatcher.hpp"

#include <signal.h>
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include "support/loopback_host.hpp"
#include "support/spooled.hpp"
#include "support/zone_resolver.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using test::envelope_to;
using test::Host;
using test::names_in;
using test::answers;
using test::says;

namespace {

/// Everything that is there on our side; what it is to find in the DNS is said by each test.
struct Sending : test::SpoolSite {
    test::ZoneResolver dns;
    mta::Routes routes;
    mta::TlsMemory memory{spool, clock};
    mta::Outcomes outcomes{spool, claims, {"here.example", {"postmaster", "here.example"}}, clock};
    std::size_t concluded = 0;
    mta::DispatchLimits limits;
    std::unique_ptr<mta::Dispatcher> dispatcher;

    /// All hosts have that port.
    void open(std::uint16_t port) {
        mta::DispatchWorld world{&claims, &outcomes, &dns, -1, &memory, {&routes, &memory, {{"here.example"}, {}}, port},
                                 {.hostname = "here.example", .tls = &test::trusting(), .connect_timeout = 5s, .timeouts = {5s, 5s, 5s}},
                                 limits, [this](queue::Message& message) {
                                     ++concluded;
                                     outcomes.conclude(message);
                                 }};
        dispatcher = mta::Dispatcher::open(std::move(world)).value();
    }
    void site(const std::string& domain, const std::string& host, const std::string& address = "127.0.0.1") {
        dns.mx(domain, 10, host);
        dns.address(host, address);
    }
    void send(std::vector<std::string_view> recipients) { send(envelope_to(recipients)); }
    void send(const mail::Envelope& envelope, std::string_view text = "Received: x\nSubject: hi\n\nhello\n") {
        auto message = take(envelope, text);
        std::vector<std::size_t> numbers(message.recipients().size());
        for (std::size_t n = 0; n < numbers.size(); ++n) numbers[n] = n;
        dispatcher->add(std::move(message), std::move(numbers));
    }
    /// Until all is done, or parked.
    void run() {
        const auto end = std::chrono::steady_clock::now() + 20s;
        while (!dispatcher->is_idle() && std::chrono::steady_clock::now() < end) {
            dispatcher->turn(100ms);
            for (const auto& name : dispatcher->retakable()) {
                if (!claims.take(spool.waiting(), name).value()) continue;
                auto message = queue::Message::open(claims.directory(), name, queue::Message::Access::work).value();
                dispatcher->add(std::move(message), {0});
            }
        }
        CHECK(dispatcher->is_idle());
        dispatcher->close_idle();
    }
    std::vector<queue::Message> deferred() const {
        std::vector<queue::Message> messages;
        for (const auto& name : names_in(spool.waiting())) {
            messages.push_back(queue::Message::open(spool.waiting(), name, queue::Message::Access::look).value());
        }
        return messages;
    }
    /// The text of the only recipient's last outcome, of the only message that waits.
    std::string reason() const {
        const auto messages = deferred();
        REQUIRE(messages.size() == 1);
        REQUIRE(messages[0].recipients()[0].last);
        return reply_text(*messages[0].recipients()[0].last);
    }
};

/// A host that takes everything; what it took can be looked at once it is gone.
struct Taking {
    test::Server server;
    std::unique_ptr<Host> host;

    Taking() : Taking([](test::Server& takes) { return takes.without_tls(); }) {}
    explicit Taking(const std::function<Host::Way(test::Server&)>& way) : host(std::make_unique<Host>(std::vector<Host::Way>{way(server)})) {}
    std::uint16_t port() const { return host->address.port(); }
    const auto& messages() {
        host.reset();
        return server.mailroom.messages;
    }
};

std::uint16_t unused_port() {
    const Host gone{{says("")}};
    return gone.address.port();
}

}  // namespace

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

TEST_CASE("The next host is tried when the first takes nothing", "[mta][remote][rfc5321-5.1]") {
    Taking there;
    Sending here;
    here.open(there.port());
    here.site("one.example", "mx1.one.example", "127.0.0.9");
    here.dns.mx("one.example", 20, "mx2.one.example");
    here.dns.address("mx2.one.example", "127.0.0.1");
    here.send({"bob@one.example"});
    here.run();
    CHECK(names_in(here.spool.waiting()).empty());
    CHECK(there.messages().size() == 1);
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

TEST_CASE("Hosts that say nothing are in nobody's way for long", "[mta][remote]") {
    std::promise<void> may_end;
    const auto end = may_end.get_future().share();
    const Host silent{{[end](int) { end.wait(); }}};
    Taking there;
    Sending here;
    here.limits.run_connections = 2;  // one of them for sites that were not reached yet
    here.limits.silence = 1s;
    here.open(silent.address.port());
    here.routes = mta::Routes::parse({"one.example smtp:127.0.0.1:" + std::to_string(there.port()) + " tls=none"}).value();
    here.site("silent.example", "mx.silent.example");
    here.send({"bob@silent.example"});
    here.dispatcher->turn(0ms);
    here.send({"carol@one.example"});
    here.run();
    may_end.set_value();
    CHECK(here.reason().find("silent for 1 s") != std::string::npos);
    CHECK(there.messages().size() == 1);
}

TEST_CASE("A connection is closed once, though another site takes its place just then", "[mta][remote]") {
    std::atomic<int> waiting = 0;
    std::vector<std::jthread> conversations;
    std::promise<void> ours_may_end, theirs_may_end;
    const auto answers_beside = [&](int at_once, std::shared_future<void> end) -> Host::Way {
        std::vector<std::string> replies{"220 mx", "250 mx", "250 m", "250 r", "354 d"};
        for (; at_once > 0; --at_once) replies.insert(replies.end(), {"250 ok", "250 m", "250 r", "354 d"});
        return [=, &waiting, &conversations](int peer) {
            conversations.emplace_back([=, &waiting, own = std::make_shared<Fd>(::dup(peer))] {
                answers(replies)(own->number());
                ++waiting;
                end.wait();
                answers({"250 ok", "250 m", "250 r", "354 d", "250 ok", "250 m", "250 r", "354 d", "250 ok"})(own->number());
            });
        };
    };
    const auto ours = answers_beside(0, ours_may_end.get_future().share());
    const auto end = theirs_may_end.get_future().share();
    const Host host{{ours, ours, answers_beside(1, end), answers_beside(0, end)}};
    Sending here;
    here.limits.run_connections = 6;
    here.open(host.address.port());
    here.site("our.example", "mx.our.example");
    here.site("their.example", "mx.their.example");
    const auto send = [&](int count, std::string_view recipient, auto is_so) {
        for (; count > 0; --count) here.send({recipient});
        for (int n = 0; n < 2000 && !is_so(); ++n) here.dispatcher->turn(10ms);
        REQUIRE(is_so());
    };
    send(2, "bob@our.example", [&] { return waiting == 2; });
    send(1, "carol@their.example", [&] { return here.concluded == 1; });
    send(7, "carol@their.example", [&] { return waiting == 6; });  // they would have two connections more
    here.dispatcher->close_idle();
    ours_may_end.set_value();
    std::array<epoll_event, 8> events;
    const auto heard = [&] { return ::epoll_wait(here.dispatcher->file().number(), events.data(), events.size(), 10); };
    for (int n = 0; n < 2000 && heard() < 2; ++n) continue;  // so that both of ours are idle at a time
    send(0, "", [&] { return waiting == 8; });
    theirs_may_end.set_value();
    here.run();
    CHECK(here.concluded == 10);
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

TEST_CASE("A host that breaks off after the text may have the message: it is tried again later", "[mta][remote]") {
    const Host host{{answers({"220 mx", "250 mx", "250 m", "250 r", "354 d"})}};
    Sending here;
    here.open(host.address.port());
    here.site("one.example", "mx.one.example");
    here.send({"bob@one.example"});
    here.run();
    CHECK(here.reason().find("4.4.2") != std::string::npos);
    CHECK(here.deferred()[0].recipients()[0].tries == 1);
}

TEST_CASE("A host that ends the conversation before the text is asked again at once, but not for ever", "[mta][remote]") {
    const Host host{{answers({"220 mx", "250 mx", "421 4.3.2 closing"})}};
    Sending here;
    here.open(host.address.port());
    here.site("one.example", "mx.one.example");
    here.send({"bob@one.example"});
    here.run();
    CHECK(here.reason().find("closing") != std::string::npos);
    CHECK(here.deferred()[0].recipients()[0].tries == 1);
}

TEST_CASE("A host that refuses for good and closes has said what there is to say", "[mta][remote]") {
    std::atomic<int> conversations = 0;
    const Host host{{[&](int peer) {
        ++conversations;
        answers({"220 mx", "250 mx", "550 5.7.1 no"})(peer);
    }}};
    Sending here;
    here.open(host.address.port());
    here.site("one.example", "mx.one.example");
    here.send({"bob@one.example"});
    here.run();
    CHECK(conversations == 1);
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
