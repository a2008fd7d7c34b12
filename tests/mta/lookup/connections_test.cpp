// SPDX-License-Identifier: ISC
#include "mta/lookup/connections.hpp"

#include <optional>

#include "support/loopback_host.hpp"
#include "support/zone_resolver.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using mta::Connections;
using Kind = mta::HostTlsa::Kind;
using test::Host;
using test::ZoneResolver;

namespace {

Connections connect(ZoneResolver& dns, const std::string& domain, std::uint16_t port) {
    const mta::ProbeRules rules{.hostname = "here.example", .tls = &test::trusting(), .port = port, .patience = 5s};
    std::optional<Connections> found;
    connect_to_hosts(dns, dns::find_mail_route(dns, domain), rules, [&](Connections got) {
        CHECK_FALSE(found);
        found = std::move(got);
    });
    while (dns.outstanding() > 0) dns.wait(1s);
    return found.value();
}

/// The leaf of mx.example, as DANE-EE has it.
dns::Tlsa leaf() {
    unsigned char* octets = nullptr;
    const int size = ::i2d_X509(test::certificates().certificate.get(), &octets);
    dns::Tlsa record{3, 0, 0, {reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size)}};
    OPENSSL_free(octets);
    return record;
}

/// example.org with mx.example on the loopback, all of it validated.
ZoneResolver signed_zone() {
    ZoneResolver dns;
    dns.mail_host("example.org", 10, "mx.example", {"127.0.0.1"});
    dns.authentic("example.org");
    dns.authentic("mx.example");
    return dns;
}

/// What each level asks: "default" to "dane".
std::string told(const Connections& found) {
    std::string text;
    for (const auto& [level, security] : found.probes.at(0).target.demands) {
        text += (security ? std::string{to_string(*security)} : "-") + " ";
    }
    return text;
}

std::string tlsa_name(const Host& host) { return "_" + std::to_string(host.address.port()) + "._tcp.mx.example"; }

}  // namespace

TEST_CASE("TLSA records of a validated host decide who it is", "[lookup][rfc7672-2]") {
    test::Server server;
    const Host host{{server.with_tls()}};
    auto dns = signed_zone();
    dns.tlsa(tlsa_name(host), leaf());
    dns.authentic(tlsa_name(host));
    const auto found = connect(dns, "example.org", host.address.port());
    REQUIRE(found.probes.size() == 1);
    CHECK(found.probes[0].target.tlsa.kind == Kind::usable);
    REQUIRE(found.probes[0].tls);
    CHECK(found.probes[0].tls->verdict.trust == tls::Trust::dane);
    CHECK(told(found) == "dane none opportunistic dane dane dane ");
    CHECK_FALSE(found.has_refusal());
}

TEST_CASE("What the levels ask of a host is what sendq would ask of it", "[lookup][rfc7672-2.1]") {
    const Host host{{test::says("220 mx\r\n250 mx\r\n221 bye\r\n")}};
    const auto name = tlsa_name(host);
    auto dns = signed_zone();
    const auto asked = [&](const std::string& domain) { return told(connect(dns, domain, host.address.port())); };
    CHECK(asked("example.org") == "opportunistic none opportunistic encrypted verify - ");
    dns.tlsa(name, {1, 1, 1, std::string(32, 'x')});
    CHECK(asked("example.org") == "opportunistic none opportunistic encrypted verify - ");  // not validated
    dns.authentic(name);
    CHECK(asked("example.org") == "encrypted none opportunistic encrypted verify - ");
    dns.fail(name, dns::Type::tlsa, "SERVFAIL");
    CHECK(asked("example.org") == "- none opportunistic - - - ");
    CHECK(asked("[127.0.0.1]") == "opportunistic none opportunistic encrypted - - ");
}

TEST_CASE("A certificate may have the name of the host or of the domain", "[lookup]") {
    test::Server server;
    const Host host{{server.with_tls()}};
    ZoneResolver dns;
    dns.mail_host("mx.example", 10, "other.example", {"127.0.0.1"});
    const auto found = connect(dns, "mx.example", host.address.port());
    CHECK(found.probes.at(0).target.expectation.names == std::vector<std::string>{"other.example", "mx.example"});
    CHECK(found.probes.at(0).tls.value().verdict.name == "mx.example");
    CHECK(connect(dns, "[127.0.0.1]", host.address.port()).probes.at(0).target.expectation.names.empty());
}

TEST_CASE("Four addresses of a host and twenty of a domain are connected to", "[lookup]") {
    const Host host{{test::says("554 no\r\n221 bye\r\n")}};
    ZoneResolver dns;
    const int addresses = GENERATE(4, 5);
    const int hosts = GENERATE(5, 6);
    for (int h = 0; h < hosts; ++h) {
        const auto name = "mx" + std::to_string(h) + ".example";
        dns.mx("example.org", static_cast<std::uint16_t>(h), name);
        for (int a = 1; a <= addresses; ++a) dns.address(name, "127.0." + std::to_string(h) + "." + std::to_string(a));
    }
    const auto found = connect(dns, "example.org", host.address.port());
    CHECK(found.probes.size() == mta::max_probed);
    CHECK(found.probes.front().target.host == "mx0.example");
    CHECK(found.probes.back().target.host == "mx4.example");
    CHECK(found.left_out == static_cast<std::size_t>(hosts * addresses) - mta::max_probed);
}

TEST_CASE("What all conversations of a domain come to", "[lookup]") {
    ZoneResolver dns;
    dns.address("example.org", "127.0.0.1");
    dns.mx("null.example", 0, "");
    const Host refusing{{test::says("554 no\r\n221 bye\r\n")}};
    const auto refused = connect(dns, "example.org", refusing.address.port());
    CHECK(refused.has_refusal());
    CHECK_FALSE(refused.are_all_unreached());
    std::uint16_t port = 0;
    {
        const Host gone{{test::says("")}};
        port = gone.address.port();
    }
    const auto unreached = connect(dns, "example.org", port);
    CHECK_FALSE(unreached.has_refusal());
    CHECK(unreached.are_all_unreached());
    CHECK_FALSE(connect(dns, "null.example", port).are_all_unreached());
}
