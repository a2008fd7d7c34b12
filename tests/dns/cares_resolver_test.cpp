// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dns/cares_resolver.hpp"
#include "support/dns_message.hpp"
#include "support/name_server.hpp"

using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace mailpipe::dns;
using namespace mailpipe::test;

namespace {

constexpr unsigned ok = 0x8180, servfail = 0x8182, nxdomain = 0x8183, formerr = 0x8181, refusal = 0x8185;
constexpr unsigned truncated = 0x8380, authentic = 0x81a0;

std::string record(unsigned type, const std::string& data) {
    return "\xc0\x0c" + wire16(type) + wire16(1) + wire32(300) + wire16(static_cast<unsigned>(data.size())) + data;
}
const std::string one_address = record(1, "\xc0\x00\x02\x01"s);

std::unique_ptr<CaresResolver> resolver_for(std::vector<mailpipe::net::SocketAddress> servers, CaresOptions options = {}) {
    options.servers = std::move(servers);
    return CaresResolver::open(options).value();
}

}  // namespace

TEST_CASE("A question goes out with EDNS and AD, and its answer comes back", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) {
        return query.asks_for_ad() && query.has_edns() && query.question() == wire_name("example.org") + wire16(15) + wire16(1)
                   ? query.reply(authentic, 1, record(15, wire16(10) + wire_name("mx.example.org")))
                   : query.reply(refusal);
    }};
    const auto dns = resolver_for({server.address});
    const auto answer = ask(*dns, "example.org", Type::mx);
    CHECK(answer.status == Status::found);
    CHECK(answer.is_authentic);
    CHECK(answer.mx == std::vector<Mx>{{10, "mx.example.org"}});
    CHECK(answer.ttl == 300);
}

TEST_CASE("What has no answer is told apart", "[dns][cares]") {
    struct Case { unsigned flags; Status status; std::string trouble; };
    const auto c = GENERATE(values<Case>({
        {ok, Status::no_data, ""},
        {nxdomain, Status::no_such_name, ""},
        {servfail, Status::failed, "SERVFAIL"},
        {refusal, Status::failed, "REFUSED"},
    }));
    NameServer server{[&](const DnsQuery& query) { return query.reply(c.flags); }};
    const auto answer = ask(*resolver_for({server.address}), "example.org", Type::mx);
    CHECK(answer.status == c.status);
    CHECK(answer.trouble == c.trouble);
    CHECK(server.queries == 1);
}

TEST_CASE("A truncated answer is asked for over TCP", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.over_tcp ? query.reply(ok, 1, one_address) : query.reply(truncated); }};
    const auto answer = ask(*resolver_for({server.address}), "example.org", Type::a);
    CHECK(answer.status == Status::found);
    CHECK(server.queries == 2);
}

TEST_CASE("A server that knows no EDNS is asked without", "[dns][cares][rfc6891-7]") {
    NameServer server{[](const DnsQuery& query) { return query.has_edns() ? query.reply(formerr) : query.reply(ok, 1, one_address); }};
    const auto dns = resolver_for({server.address});
    int found = 0;
    for (int i = 0; i < 5; ++i) dns->ask("example.org", Type::a, [&](const Answer& answer) { found += answer.status == Status::found; });
    while (dns->outstanding() > 0) dns->wait(1s);
    CHECK(found == 5);
}

TEST_CASE("A silent server is a time-out after all tries", "[dns][cares]") {
    NameServer server{[](const DnsQuery&) { return ""s; }};
    const auto dns = resolver_for({server.address}, {.timeout = 50ms, .tries = 3});
    const auto answer = ask(*dns, "example.org", Type::mx);
    CHECK(answer.status == Status::failed);
    CHECK(answer.trouble == "timed out");
    CHECK(server.queries == 3);
}

TEST_CASE("A malformed answer is a failure", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok, 1, record(1, "12345")); }};
    const auto answer = ask(*resolver_for({server.address}), "example.org", Type::a);
    CHECK(answer.status == Status::failed);
    CHECK(answer.trouble.starts_with("malformed answer: bad record at octet"));
}

TEST_CASE("The next server is asked after one that fails, and first after one that is silent", "[dns][cares]") {
    const bool is_silent = GENERATE(false, true);
    NameServer bad{[&](const DnsQuery& query) { return is_silent ? ""s : query.reply(servfail); }};
    NameServer good{[](const DnsQuery& query) { return query.reply(ok, 1, one_address); }};
    const auto dns = resolver_for({bad.address, good.address}, {.timeout = 50ms});
    CHECK(ask(*dns, "a.example", Type::a).status == Status::found);
    CHECK(ask(*dns, "b.example", Type::a).status == Status::found);
    CHECK(bad.queries == (is_silent ? 1 : 2));
    CHECK(good.queries == 2);
}

TEST_CASE("What can be no name is never asked for", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok); }};
    const auto dns = resolver_for({server.address});
    CHECK(ask(*dns, "a..example", Type::mx).status == Status::no_such_name);
    CHECK(ask(*dns, std::string(64, 'a') + ".example", Type::mx).status == Status::no_such_name);
    CHECK(server.queries == 0);
}

TEST_CASE("Many questions wait for their turn on the wire", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok, 1, one_address); }};
    const auto dns = resolver_for({server.address}, {.max_in_flight = 10});
    std::size_t found = 0;
    bool within_ask = true;
    for (int i = 0; i < 500; ++i) {
        dns->ask(std::to_string(i) + ".example", Type::a, [&, i](const Answer& answer) {
            CHECK_FALSE(within_ask);
            found += answer.status == Status::found && answer.name == std::to_string(i) + ".example";
        });
    }
    within_ask = false;
    CHECK(dns->outstanding() == 500);
    while (dns->outstanding() > 0) dns->wait(1s);
    CHECK(found == 500);
    CHECK(server.queries == 500);
}

TEST_CASE("With thousands on the wire no answer is lost for want of room", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok, 1, one_address); }};
    if (server.room() < 4'000'000) {
        std::cout << "skipped: thousands of questions on the wire, as only root may give the server's socket room for them\n";
        return;
    }
    const auto dns = resolver_for({server.address}, {.max_in_flight = 4096});
    std::size_t found = 0;
    for (int i = 0; i < 4096; ++i) {
        dns->ask("example.org", Type::a, [&](const Answer& answer) {
            std::this_thread::sleep_for(20us);
            found += answer.status == Status::found;
            dns->ask("example.com", Type::a, [&](const Answer& next) { found += next.status == Status::found; });
        });
    }
    while (dns->outstanding() > 0) dns->wait(1s);
    CHECK(found == 8192);
    CHECK(server.queries == 8192);  // each was asked once
}

TEST_CASE("A limit of questions in a second is kept", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok, 1, one_address); }};
    const auto dns = resolver_for({server.address}, {.per_second = 100});
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 22; ++i) dns->ask("example.org", Type::a, [](const Answer&) {});
    while (dns->outstanding() > 0) dns->wait(1s);
    CHECK(std::chrono::steady_clock::now() - begin >= 190ms);
}

TEST_CASE("Others can poll the resolver's descriptor", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok, 1, one_address); }};
    const auto dns = resolver_for({server.address});
    bool found = false;
    dns->ask("example.org", Type::a, [&](const Answer& answer) { found = answer.status == Status::found; });
    CHECK_FALSE(dns->wait(0ms));
    pollfd polled{dns->file().number(), POLLIN, 0};
    CHECK(::poll(&polled, 1, 10'000) == 1);
    CHECK(dns->wait(0ms));
    CHECK(found);
}

TEST_CASE("A child of fork opens its own, and harms not its parent's", "[dns][cares]") {
    NameServer server{[](const DnsQuery& query) { return query.reply(ok, 1, one_address); }};
    auto dns = resolver_for({server.address});
    bool found = false;
    dns->ask("example.org", Type::a, [&](const Answer& answer) { found = answer.status == Status::found; });
    dns->wait(0ms);
    const pid_t child = ::fork();
    if (child == 0) {
        dns.reset();
        const auto own = CaresResolver::open({.servers = {server.address}});
        ::_exit(own && ask(**own, "example.org", Type::a).status == Status::found ? 0 : 1);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    CHECK(status == 0);
    while (dns->outstanding() > 0) dns->wait(1s);
    CHECK(found);
}

TEST_CASE("Nothing is called back when the resolver goes", "[dns][cares]") {
    NameServer server{[](const DnsQuery&) { return ""s; }};
    auto dns = resolver_for({server.address}, {.max_in_flight = 1});
    for (int i = 0; i < 3; ++i) dns->ask("example.org", Type::a, [](const Answer&) { FAIL("called back"); });
    dns->wait(0ms);
    dns.reset();
    CHECK_FALSE(dns);
}

TEST_CASE("A resolver is an address with a port, which is 53 if not said", "[dns][cares]") {
    const auto servers = parse_servers({"192.0.2.53", " [2001:db8::53]:5353 ", "2001:db8::1"});
    REQUIRE(servers);
    CHECK(to_string((*servers)[0]) == "192.0.2.53:53");
    CHECK(to_string((*servers)[1]) == "[2001:db8::53]:5353");
    CHECK(to_string((*servers)[2]) == "[2001:db8::1]:53");
    for (const std::string text : {"", "resolver.example", "192.0.2.53:0", "192.0.2.53:65536", "*:53", "unix:/run/dns", "192.0.2.53:"}) {
        CAPTURE(text);
        const auto wrong = parse_servers({text});
        REQUIRE_FALSE(wrong);
        CHECK(exit_status(wrong.error()) == mailpipe::ExitStatus::configuration);
    }
}
