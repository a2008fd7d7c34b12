// SPDX-License-Identifier: ISC
#include <sys/epoll.h>

#include <array>
#include <atomic>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "support/sending.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using test::Host;
using test::Sending;
using test::Taking;
using test::answers;
using test::names_in;

namespace {

/// False: the client is gone.
bool exchange(int peer, const std::string& reply) {
    char heard[4096];
    const auto line = reply + "\r\n";
    return ::send(peer, line.data(), line.size(), MSG_NOSIGNAL) > 0 && ::recv(peer, heard, sizeof heard, 0) > 0;
}

/// Takes message after message, and thinks about each.
Host::Way takes_slowly(std::chrono::milliseconds thought, std::atomic<int>& taken) {
    return [=, &taken](int peer) {
        bool is_there = exchange(peer, "220 mx") && exchange(peer, "250 mx");
        while (is_there && exchange(peer, "250 m") && exchange(peer, "250 r") && exchange(peer, "354 d")) {
            std::this_thread::sleep_for(thought);
            ++taken;
            is_there = exchange(peer, "250 ok");
        }
    };
}

}  // namespace

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

TEST_CASE("A site whose host keeps silent tries its next one when others have had their turn", "[mta][remote]") {
    std::mutex mutex;
    std::vector<std::string> order;
    std::promise<void> may_end;
    const auto end = may_end.get_future().share();
    const auto note = [&](const std::string& name) {
        const std::lock_guard lock{mutex};
        order.push_back(name);
    };
    const Host first{{[&](int) {
        note("first");
        end.wait();
    }}};
    const Host second{{[&](int) { note("second"); }}, "127.0.0.2:" + std::to_string(first.address.port())};
    const Host there{{[&](int peer) {
        note("there");
        answers({"220 mx", "250 mx", "250 m", "250 r", "354 d", "250 ok"})(peer);
    }}};
    Sending here;
    here.limits.run_connections = 2;  // one of them for sites that were not reached yet
    here.limits.silence = 1s;
    here.open(first.address.port());
    here.routes = mta::Routes::parse({"one.example smtp:127.0.0.1:" + std::to_string(there.address.port()) + " tls=none"}).value();
    here.site("silent.example", "mx1.silent.example");
    here.dns.mx("silent.example", 20, "mx2.silent.example");
    here.dns.address("mx2.silent.example", "127.0.0.2");
    here.send({"bob@silent.example"});
    here.dispatcher->turn(0ms);
    here.send({"carol@one.example"});
    here.run();
    may_end.set_value();
    const std::lock_guard lock{mutex};
    REQUIRE(order.size() == 3);
    CHECK(order[1] == "there");
}

TEST_CASE("Hosts that say nothing or soon no more are in nobody's way for long", "[mta][remote]") {
    const auto c = GENERATE(values<std::vector<std::string>>({
        {},                                                               // no greeting
        {"220 mx", "250 mx"},                                             // silent at MAIL
        {"220 mx", "250-mx\r\n250-PIPELINING\r\n250 CHUNKING", "250 m"},  // at RCPT, where all could have gone along
    }));
    CAPTURE(c.size());
    std::promise<void> may_end;
    const auto end = may_end.get_future().share();
    const Host silent{{[&c, end](int peer) {
        answers(c)(peer);
        end.wait();
    }}};
    Taking there;
    Sending here;
    here.limits.run_connections = 2;  // one of them for sites that have not answered yet
    here.limits.silence = 1s;
    here.open(silent.address.port());
    here.routes = mta::Routes::parse({"one.example smtp:127.0.0.1:" + std::to_string(there.port()) + " tls=none"}).value();
    here.site("silent.example", "mx.silent.example");
    here.send({"bob@silent.example"});
    here.dispatcher->turn(0ms);
    here.send({"carol@one.example"});
    const auto begin = std::chrono::steady_clock::now();
    here.run();
    may_end.set_value();
    CHECK(std::chrono::steady_clock::now() - begin < 4s);
    CHECK(here.reason().find("not ready for mail within 1 s") != std::string::npos);
    CHECK(there.messages().size() == 1);
}

TEST_CASE("Whoever is at the text is waited for, however many wait", "[mta][remote]") {
    std::atomic<int> taken = 0;
    const Host slow{{takes_slowly(2s, taken)}};
    Taking there;
    Sending here;
    here.limits.run_connections = 2;
    here.limits.silence = 1s;
    here.open(slow.address.port());
    here.routes = mta::Routes::parse({"one.example smtp:127.0.0.1:" + std::to_string(there.port()) + " tls=none"}).value();
    here.site("slow.example", "mx.slow.example");
    here.send({"bob@slow.example"});
    here.dispatcher->turn(0ms);
    here.send({"carol@one.example"});
    here.run();
    CHECK(names_in(here.spool.waiting()).empty());
    CHECK(here.concluded == 2);
}

TEST_CASE("A site with one connection gives it to one that has none when it had its turn", "[mta][remote]") {
    std::atomic<int> taken = 0, others = 0;
    const Host host{{takes_slowly(500ms, taken)}};
    const Host there{{takes_slowly(0ms, others)}};
    Sending here;
    here.limits.run_connections = 1;
    here.open(host.address.port());
    here.routes = mta::Routes::parse({"one.example smtp:127.0.0.1:" + std::to_string(there.address.port()) + " tls=none"}).value();
    here.site("slow.example", "mx.slow.example");
    for (int n = 0; n < 12; ++n) here.send({"bob@slow.example"});
    here.dispatcher->turn(0ms);
    here.send({"carol@one.example"});
    for (int n = 0; n < 1000 && others == 0; ++n) here.dispatcher->turn(10ms);
    CHECK(taken < 10);
    here.run();
    CHECK(here.concluded == 13);
}

TEST_CASE("A host that breaks off after EHLO gets no mail, the next one does", "[mta][remote]") {
    const auto c = GENERATE(values<std::vector<std::string>>({
        {"220 mx\r\n220 mx", "250 mx"},
        {"220 mx", "250 mx\r\n250 mx"},
        {"220 mx", "250 mx\r\n421 4.3.2 closing"},
        {"220 mx", "250 mx"},
    }));
    CAPTURE(c);
    Taking there;
    const Host bad{{answers(c)}, "127.0.0.2:" + std::to_string(there.port())};
    Sending here;
    here.open(there.port());
    here.site("one.example", "mx1.one.example", "127.0.0.2");
    here.dns.mx("one.example", 20, "mx2.one.example");
    here.dns.address("mx2.one.example", "127.0.0.1");
    here.send({"bob@one.example"});
    here.run();
    CHECK(names_in(here.spool.waiting()).empty());
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
    const auto ours_end = ours_may_end.get_future().share(), end = theirs_may_end.get_future().share();
    const Host host{{answers_beside(1, ours_end), answers_beside(0, ours_end), answers_beside(1, end), answers_beside(0, end)}};
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
    send(1, "bob@our.example", [&] { return here.concluded == 1; });
    send(2, "bob@our.example", [&] { return waiting == 2; });
    send(1, "carol@their.example", [&] { return here.concluded == 2; });
    send(7, "carol@their.example", [&] { return waiting == 6; });  // they would have two connections more
    here.dispatcher->close_idle();
    ours_may_end.set_value();
    std::array<epoll_event, 8> events;
    const auto heard = [&] { return ::epoll_wait(here.dispatcher->file().number(), events.data(), events.size(), 10); };
    bool both = false;  // of ours are idle at a time
    for (int n = 0; n < 2000 && !both; ++n) {
        std::this_thread::sleep_for(5ms);  // with one of them at its end epoll_wait() does not wait for the other
        both = heard() >= 2;
    }
    REQUIRE(both);
    send(0, "", [&] { return waiting == 8; });
    theirs_may_end.set_value();
    here.run();
    CHECK(here.concluded == 11);
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
