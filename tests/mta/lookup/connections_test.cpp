// SPDX-License-Identifier: ISC
#include "mta/lookup/connections.hpp"

#include <optional>

#include "support/mail_host.hpp"
#include "support/zone_resolver.hpp"

using namespace std::chrono_literals;
using namespace mailpipe;
using mta::Connections;
using mta::TlsaStanding;
using test::MailHost;
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

std::string tlsa_name(const MailHost& host, const std::string& base = "mx.example") {
    return "_" + std::to_string(host.address.port()) + "._tcp." + base;
}

}  // namespace

TEST_CASE("TLSA records of a validated host decide who it is", "[lookup][rfc7672-2]") {
    test::MailServer server;
    const MailHost host{{server.with_tls()}};
    auto dns = signed_zone();
    dns.tlsa(tlsa_name(host), leaf());
    dns.authentic(tlsa_name(host));
    const auto found = connect(dns, "example.org", host.address.port());
    REQUIRE(found.probes.size() == 1);
    CHECK(found.probes[0].target.tlsa == TlsaStanding::usable);
    REQUIRE(found.probes[0].tls);
    CHECK(found.probes[0].tls->verdict.trust == tls::Trust::dane);
    CHECK(found.probes[0].target.expectation.names == std::vector<std::string>{"mx.example", "example.org"});
    CHECK_FALSE(found.has_refusal());
}

TEST_CASE("TLSA records that do not count are told", "[lookup][rfc7672-2.1]") {
    const MailHost host{{test::says("220 mx\r\n250 mx\r\n221 bye\r\n")}};
    const auto name = tlsa_name(host);
    auto dns = signed_zone();
    const auto standing = [&](const std::string& words) {
        const auto found = connect(dns, "example.org", host.address.port());
        CHECK(found.probes.at(0).target.tlsa_words == words);
        return found.probes.at(0).target.tlsa;
    };
    CHECK(standing("there are no TLSA records") == TlsaStanding::none);
    dns.tlsa(name, {1, 1, 1, std::string(32, 'x')});
    CHECK(standing("the TLSA records are not validated by DNSSEC: they count for nothing") == TlsaStanding::none);
    dns.authentic(name);
    CHECK(standing("no TLSA record is of a kind for mail (RFC 7672 section 3.1)") == TlsaStanding::unusable);
    dns.fail(name, dns::Type::tlsa, "SERVFAIL");
    CHECK(standing("TLSA of " + name + " is not known now: SERVFAIL") == TlsaStanding::unknown);
}

TEST_CASE("A host that is not validated is not asked for TLSA", "[lookup][rfc7672-2.2.2]") {
    const MailHost host{{test::says("220 mx\r\n250 mx\r\n221 bye\r\n")}};
    ZoneResolver dns;
    dns.address("example.org", "127.0.0.1");
    const auto found = connect(dns, "example.org", host.address.port());
    CHECK(found.probes.at(0).target.tlsa_words.starts_with("the host's addresses are not validated"));
    CHECK(dns.asked.back().second != dns::Type::tlsa);
    const auto literal = connect(dns, "[127.0.0.1]", host.address.port());
    CHECK(literal.probes.at(0).target.expectation.names.empty());
}

TEST_CASE("Of an alias the records where it leads to come first", "[lookup][rfc7672-2.2.2]") {
    test::MailServer server;
    const MailHost host{{server.with_tls()}};
    auto dns = signed_zone();
    dns.mx("alias.example", 10, "www.example");
    dns.alias("www.example", "mx.example");
    dns.authentic("alias.example");
    dns.authentic("www.example");
    const auto at_alias = tlsa_name(host, "www.example");
    dns.tlsa(at_alias, leaf());
    dns.authentic(at_alias);
    const auto fallen_back = connect(dns, "alias.example", host.address.port());
    CHECK(fallen_back.probes.at(0).target.expectation.names == std::vector<std::string>{"www.example", "alias.example"});
    dns.tlsa(tlsa_name(host), leaf());
    dns.authentic(tlsa_name(host));
    const auto first = connect(dns, "alias.example", host.address.port());
    CHECK(first.probes.at(0).target.expectation.names == std::vector<std::string>{"mx.example", "www.example", "alias.example"});
    CHECK(first.probes.at(0).tls.value().verdict.trust == tls::Trust::dane);
}

TEST_CASE("Four addresses of a host and twenty of a domain are connected to", "[lookup]") {
    const MailHost host{{test::says("554 no\r\n221 bye\r\n")}};
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
    const MailHost refusing{{test::says("554 no\r\n221 bye\r\n")}};
    const auto refused = connect(dns, "example.org", refusing.address.port());
    CHECK(refused.has_refusal());
    CHECK_FALSE(refused.are_all_unreached());
    std::uint16_t port = 0;
    {
        const MailHost gone{{test::says("")}};
        port = gone.address.port();
    }
    const auto unreached = connect(dns, "example.org", port);
    CHECK_FALSE(unreached.has_refusal());
    CHECK(unreached.are_all_unreached());
    CHECK_FALSE(connect(dns, "null.example", port).are_all_unreached());
}
