// SPDX-License-Identifier: ISC
#include "mta/lookup/host_probe.hpp"

#include <future>

#include "support/loopback_host.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using mta::HostProbe;
using mta::ProbeStep;
using test::Host;
using test::Server;
using test::says;

namespace {

HostProbe probe(const net::SocketAddress& address, const tls::Expectation& expectation = {{"mx.example"}, {}}) {
    return mta::probe_host({"mx.example", address, expectation}, {.hostname = "here.example", .tls = &test::trusting(), .patience = 5s});
}

/// Says a reply to each command in turn, and remembers all that it hears.
Host::Way answers(std::vector<std::string> replies, std::promise<std::string>& all) {
    return [replies = std::move(replies), &all](int peer) {
        std::string heard;
        char buffer[4096];
        for (std::size_t i = 0;;) {
            if (i < replies.size()) (void)::send(peer, replies[i].data(), replies[i].size(), MSG_NOSIGNAL);
            ++i;
            const auto n = ::recv(peer, buffer, sizeof buffer, 0);
            if (n <= 0) break;
            heard.append(buffer, static_cast<std::size_t>(n));
        }
        all.set_value(heard);
    };
}

}  // namespace

TEST_CASE("A host is asked for all that comes before mail", "[lookup][rfc3207]") {
    Server server;
    const Host host{{server.with_tls()}};
    const auto found = probe(host.address);
    REQUIRE_FALSE(found.failure);
    CHECK(found.is_reached());
    CHECK(found.takes_clear_text());
    CHECK(found.takes_tls());
    CHECK(found.greeting.value().code == 220);
    CHECK(std::ranges::find(found.extensions, "STARTTLS") != found.extensions.end());
    REQUIRE(found.tls);
    CHECK(found.tls->description.starts_with("TLSv1.3 "));
    CHECK(found.tls->verdict.trust == tls::Trust::pkix);
    CHECK(found.tls->verdict.name == "mx.example");
    CHECK(found.tls->certificate.names == std::vector<std::string>{"mx.example", "*.pool.example"});
    CHECK(std::ranges::find(found.tls->extensions, "STARTTLS") == found.tls->extensions.end());
    CHECK(std::ranges::find(found.tls->extensions, "PIPELINING") != found.tls->extensions.end());
    CHECK(server.mailroom.opened == 0);
}

TEST_CASE("A name that the certificate has not proves nothing, and stops nothing", "[lookup]") {
    Server server;
    const Host host{{server.with_tls()}};
    const auto found = probe(host.address, {{"other.example"}, {}});
    REQUIRE(found.takes_tls());
    CHECK(found.tls->verdict.trust == tls::Trust::nobody);
    CHECK(found.tls->verdict.trouble == "hostname mismatch");
}

TEST_CASE("Nothing but EHLO and QUIT is said where there is no TLS", "[lookup]") {
    std::promise<std::string> heard;
    {
        const Host host{{answers({"220 mx ESMTP\r\n", "250-mx\r\n250-SIZE 1000\r\n250 8BITMIME\r\n", "221 bye\r\n"}, heard)}};
        const auto found = probe(host.address);
        CHECK_FALSE(found.failure);
        CHECK_FALSE(found.takes_tls());
        CHECK(found.extensions == std::vector<std::string>{"SIZE 1000", "8BITMIME"});
    }
    CHECK(heard.get_future().get() == "EHLO here.example\r\nQUIT\r\n");
}

TEST_CASE("A host that knows HELO only offers nothing", "[lookup][rfc5321-3.2]") {
    std::promise<std::string> heard;
    {
        const Host host{{answers({"220 mx\r\n", "502 what\r\n", "250-mx\r\n250 STARTTLS\r\n", "221 bye\r\n"}, heard)}};
        const auto found = probe(host.address);
        CHECK_FALSE(found.failure);
        CHECK(found.extensions.empty());
    }
    CHECK(heard.get_future().get() == "EHLO here.example\r\nHELO here.example\r\nQUIT\r\n");
}

TEST_CASE("Where a conversation ends is told, and what was heard before", "[lookup]") {
    struct Case { std::string said; ProbeStep step; std::string what; bool clear_text; };
    const auto c = GENERATE(values<Case>({
        {"554 5.7.1 go away\r\n", ProbeStep::greeting, "554 5.7.1 go away", false},
        {"hello\r\n", ProbeStep::greeting, "peer's reply is none", false},
        {"220 mx\r\n421 4.3.2 busy\r\n", ProbeStep::ehlo, "421 4.3.2 busy", false},
        {"220 mx\r\n502 no\r\n550 no\r\n", ProbeStep::ehlo, "550 no", false},
        {"220 mx\r\n250-mx\r\n250 STARTTLS\r\n454 4.7.0 not now\r\n", ProbeStep::starttls, "454 4.7.0 not now", true},
        {"220 mx\r\n250-mx\r\n250 STARTTLS\r\n220 go on\r\n250 too early\r\n", ProbeStep::starttls, "peer sends text ahead of TLS", true},
    }));
    CAPTURE(c.said);
    const Host host{{says(c.said + "221 bye\r\n")}};
    const auto found = probe(host.address);
    REQUIRE(found.failure);
    CHECK(found.failure->step == c.step);
    CHECK(found.failure->what == c.what);
    CHECK(found.is_reached());
    CHECK(found.takes_clear_text() == c.clear_text);
    CHECK_FALSE(found.takes_tls());
}

TEST_CASE("A handshake that breaks leaves clear text", "[lookup][rfc3207-4]") {
    std::promise<std::string> heard;
    {
        const Host host{{answers({"220 mx\r\n", "250-mx\r\n250 STARTTLS\r\n", "220 go on\r\n", "no TLS at all\r\n"}, heard)}};
        const auto found = probe(host.address);
        REQUIRE(found.failure);
        CHECK(found.failure->step == ProbeStep::handshake);
        CHECK(found.takes_clear_text());
        CHECK_FALSE(found.tls);
    }
    CHECK(heard.get_future().get().starts_with("EHLO here.example\r\nSTARTTLS\r\n"));
}

TEST_CASE("Who closes, or is silent, or is not there is a result", "[lookup]") {
    const Host closing{{[](int) {}}};
    const auto closed = probe(closing.address);
    REQUIRE(closed.failure);
    CHECK(closed.failure->step == ProbeStep::greeting);
    CHECK(closed.failure->what == "peer closed the connection");

    const Host silent{{says("")}};
    const auto late = mta::probe_host({"mx.example", silent.address}, {.hostname = "here", .tls = &test::trusting(), .patience = 1s});
    REQUIRE(late.failure);
    CHECK(late.failure->step == ProbeStep::greeting);

    auto address = silent.address;
    {
        const Host gone{{says("")}};
        address = gone.address;
    }
    const auto nobody = probe(address);
    REQUIRE(nobody.failure);
    CHECK(nobody.failure->step == ProbeStep::connect);
    CHECK_FALSE(nobody.is_reached());
}
