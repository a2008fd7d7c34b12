// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "dns/mail_route.hpp"
#include "support/zone_resolver.hpp"

using namespace mailpipe::dns;
using mailpipe::net::parse_ip;
using mailpipe::test::ZoneResolver;

namespace {

using Findings = std::vector<Finding>;

std::string addresses(const RouteHost& host) {
    std::string text;
    for (const auto& address : host.addresses) text += to_string(address) + " ";
    return text;
}

}  // namespace

TEST_CASE("Mail goes to the MX hosts by preference", "[dns][rfc5321-5.1]") {
    ZoneResolver dns;
    dns.mail_host("example.org", 20, "mx2.example.org", {"192.0.2.2"});
    dns.mail_host("example.org", 10, "mx1.example.org", {"192.0.2.1", "2001:db8::1"});
    dns.mail_host("example.org", 20, "mx3.example.org", {"192.0.2.3"});
    const auto route = find_mail_route(dns, "example.org");
    CHECK(route.kind == RouteKind::mx);
    CHECK(route.has_mx);
    CHECK(route.canonical == "example.org");
    REQUIRE(route.hosts.size() == 3);
    CHECK(route.hosts[0].name == "mx1.example.org");
    CHECK(route.hosts[0].preference == 10);
    CHECK(addresses(route.hosts[0]) == "2001:db8::1 192.0.2.1 ");
    CHECK(route.hosts[0].findings.empty());
    CHECK(route.hosts[1].name == "mx2.example.org");
    CHECK(route.hosts[2].name == "mx3.example.org");
    CHECK(route.findings.empty());
    CHECK(dns.asked.size() == 7);
}

TEST_CASE("Without MX the domain's own address is the host", "[dns][rfc5321-5.1]") {
    ZoneResolver dns;
    dns.address("example.org", "192.0.2.1");
    const auto route = find_mail_route(dns, "example.org");
    CHECK(route.kind == RouteKind::implicit_mx);
    CHECK_FALSE(route.has_mx);
    REQUIRE(route.hosts.size() == 1);
    CHECK(route.hosts[0].name == "example.org");
    CHECK(route.hosts[0].preference == 0);
    CHECK(addresses(route.hosts[0]) == "192.0.2.1 ");
}

TEST_CASE("A domain that is an alias has the mail host of what it means", "[dns][rfc5321-5.1]") {
    ZoneResolver dns;
    dns.alias("www.example.org", "example.org");
    dns.mail_host("example.org", 10, "mx.example.org", {"192.0.2.1"});
    dns.alias("old.example.org", "plain.example.org");
    dns.address("plain.example.org", "192.0.2.2");
    const auto route = find_mail_route(dns, "www.example.org");
    CHECK(route.kind == RouteKind::mx);
    CHECK(route.canonical == "example.org");
    CHECK(route.hosts.at(0).name == "mx.example.org");
    const auto implicit = find_mail_route(dns, "old.example.org");
    CHECK(implicit.kind == RouteKind::implicit_mx);
    CHECK(implicit.hosts.at(0).canonical == "plain.example.org");
    CHECK(implicit.hosts.at(0).findings.empty());
}

TEST_CASE("A null MX takes no mail, beside others it means nothing", "[dns][rfc7505-3]") {
    ZoneResolver dns;
    dns.mx("null.example", 0, "");
    dns.address("null.example", "192.0.2.1");
    CHECK(find_mail_route(dns, "null.example").kind == RouteKind::null_mx);
    CHECK(dns.asked.size() == 1);
    dns.mx("mixed.example", 0, "");
    dns.mail_host("mixed.example", 10, "mx.example", {"192.0.2.2"});
    const auto route = find_mail_route(dns, "mixed.example");
    CHECK(route.kind == RouteKind::mx);
    CHECK(route.hosts.size() == 1);
    CHECK(route.findings == Findings{Finding::null_mx_among_hosts});
}

TEST_CASE("What is not there is permanent, what is not known is temporary", "[dns]") {
    ZoneResolver dns;
    dns.exists("empty.example");
    dns.mx("dead.example", 10, "no.such.host.example");
    dns.mx("dead.example", 20, "empty.example");
    dns.fail("broken.example", Type::mx, "SERVFAIL");
    dns.mx("hidden.example", 10, "mx.hidden.example");
    dns.fail("mx.hidden.example", Type::a, "timed out");
    dns.mx("half.example", 10, "mx.hidden.example");
    dns.mx("half.example", 20, "no.such.host.example");
    dns.fail("lame.example", Type::a, "REFUSED");

    CHECK(find_mail_route(dns, "nothing.example").kind == RouteKind::no_such_domain);
    CHECK(find_mail_route(dns, "empty.example").kind == RouteKind::no_mail_host);
    const auto dead = find_mail_route(dns, "dead.example");
    CHECK(dead.kind == RouteKind::no_mail_host);
    CHECK(dead.hosts.at(0).findings == Findings{Finding::no_such_host});
    CHECK(dead.hosts.at(1).findings == Findings{Finding::no_address});
    const auto broken = find_mail_route(dns, "broken.example");
    CHECK(broken.kind == RouteKind::failed);
    CHECK(broken.trouble == "MX of broken.example: SERVFAIL");
    const auto hidden = find_mail_route(dns, "hidden.example");
    CHECK(hidden.kind == RouteKind::failed);
    CHECK(hidden.trouble == "addresses of mx.hidden.example: A: timed out");
    CHECK(hidden.hosts.at(0).findings == Findings{Finding::lookup_failed});
    CHECK(find_mail_route(dns, "half.example").kind == RouteKind::failed);
    CHECK(find_mail_route(dns, "lame.example").kind == RouteKind::failed);
}

TEST_CASE("One family of addresses is enough", "[dns]") {
    ZoneResolver dns;
    dns.mail_host("example.org", 10, "mx.example.org", {"192.0.2.1"});
    dns.fail("mx.example.org", Type::aaaa, "SERVFAIL");
    const auto route = find_mail_route(dns, "example.org");
    CHECK(route.kind == RouteKind::mx);
    CHECK(addresses(route.hosts.at(0)) == "192.0.2.1 ");
    CHECK(route.hosts.at(0).findings == Findings{Finding::lookup_failed});
    CHECK(route.hosts.at(0).trouble == "AAAA: SERVFAIL");
}

TEST_CASE("What is wrong with an MX is found", "[dns]") {
    ZoneResolver dns;
    dns.mx("example.org", 1, "alias.example.org");
    dns.mx("example.org", 2, "192.0.2.7");
    dns.mx("example.org", 3, "a\\032b.example.org");
    dns.mail_host("example.org", 4, "inside.example.org", {"10.0.0.1"});
    dns.mx("example.org", 5, "alias.example.org");
    dns.alias("alias.example.org", "mx.example.org");
    dns.address("mx.example.org", "192.0.2.1");
    const auto route = find_mail_route(dns, "example.org");
    CHECK(route.kind == RouteKind::mx);
    CHECK(route.findings == Findings{Finding::host_twice});
    REQUIRE(route.hosts.size() == 4);
    CHECK(route.hosts[0].findings == Findings{Finding::alias});
    CHECK(route.hosts[0].canonical == "mx.example.org");
    CHECK(addresses(route.hosts[0]) == "192.0.2.1 ");
    CHECK(route.hosts[1].findings == Findings{Finding::address_as_name});
    CHECK(route.hosts[2].findings == Findings{Finding::not_a_host_name});
    CHECK(route.hosts[3].findings == Findings{Finding::private_address});
    CHECK(dns.asked.size() == 5);  // MX, and the addresses of two hosts
}

TEST_CASE("100 hosts and 100 addresses of each type are looked at", "[dns]") {
    ZoneResolver dns;
    for (int i = 0; i < 100; ++i) dns.mx("many.example", 10, "mx" + std::to_string(i) + ".example");
    CHECK(find_mail_route(dns, "many.example").findings.empty());
    CHECK(find_mail_route(dns, "many.example").hosts.size() == 100);
    dns.mx("many.example", 10, "mx100.example");
    CHECK(find_mail_route(dns, "many.example").findings == Findings{Finding::too_many_hosts});
    CHECK(find_mail_route(dns, "many.example").hosts.size() == 100);

    for (int i = 0; i < 100; ++i) dns.address("wide.example", "192.0.2." + std::to_string(i));
    CHECK(find_mail_route(dns, "wide.example").hosts[0].findings.empty());
    dns.address("wide.example", "192.0.2.100");
    const auto wide = find_mail_route(dns, "wide.example");
    CHECK(wide.hosts[0].findings == Findings{Finding::too_many_addresses});
    CHECK(wide.hosts[0].addresses.size() == 100);
}

TEST_CASE("DANE needs authentic MX and authentic addresses of both families", "[dns][rfc7672-2.2.2]") {
    ZoneResolver dns;
    dns.mail_host("example.org", 10, "mx.example.org", {"192.0.2.1"});
    dns.mail_host("example.org", 20, "unsigned.example.org", {"192.0.2.2"});
    dns.authentic("example.org");
    dns.authentic("mx.example.org");
    auto route = find_mail_route(dns, "example.org");
    CHECK(route.is_authentic);
    CHECK(route.hosts[0].is_authentic);
    CHECK_FALSE(route.hosts[1].is_authentic);
    dns.fail("mx.example.org", Type::aaaa, "SERVFAIL");
    route = find_mail_route(dns, "example.org");
    CHECK_FALSE(route.hosts[0].is_authentic);
}

TEST_CASE("An address literal needs no DNS", "[dns][rfc5321-4.1.3]") {
    ZoneResolver dns;
    const auto v4 = find_mail_route(dns, "[192.0.2.1]");
    CHECK(v4.kind == RouteKind::literal);
    CHECK(v4.hosts.at(0).name == "192.0.2.1");
    CHECK(addresses(v4.hosts.at(0)) == "192.0.2.1 ");
    CHECK(addresses(find_mail_route(dns, "[IPv6:2001:db8::1]").hosts.at(0)) == "2001:db8::1 ");
    CHECK(find_mail_route(dns, "[127.0.0.1]").hosts.at(0).findings == Findings{Finding::private_address});
    CHECK(dns.asked.empty());
}

TEST_CASE("A host that was chosen is not asked for its MX", "[dns]") {
    ZoneResolver dns;
    dns.mx("relay.example.org", 10, "elsewhere.example.org");
    dns.address("relay.example.org", "192.0.2.1");
    dns.authentic("relay.example.org");
    dns.fail("slow.example.org", Type::aaaa, "timed out");
    std::vector<MailRoute> routes;
    for (const auto* host : {"relay.example.org", "nowhere.example.org", "slow.example.org"}) {
        find_host_route(dns, host, [&](MailRoute route) { routes.push_back(std::move(route)); });
    }
    while (dns.outstanding() > 0) dns.wait(std::chrono::seconds{1});
    REQUIRE(routes.size() == 3);
    CHECK(routes[0].kind == RouteKind::implicit_mx);
    CHECK_FALSE(routes[0].has_mx);
    CHECK(addresses(routes[0].hosts.at(0)) == "192.0.2.1 ");
    CHECK(routes[0].hosts[0].is_authentic);
    CHECK(routes[1].kind == RouteKind::no_mail_host);
    CHECK(routes[2].kind == RouteKind::failed);
    CHECK(routes[2].trouble == "addresses of slow.example.org: AAAA: timed out");
    for (const auto& [name, type] : dns.asked) CHECK(type != Type::mx);
}

TEST_CASE("Many routes are found at once", "[dns]") {
    ZoneResolver dns;
    for (int i = 0; i < 50; ++i) {
        dns.mx(std::to_string(i) + ".example", 10, "mx.example");
        dns.address("mx.example", "192.0.2.1");
    }
    int done = 0;
    for (int i = 0; i < 50; ++i) {
        find_mail_route(dns, std::to_string(i) + ".example", [&](const MailRoute& route) { done += route.has_host(); });
    }
    CHECK(done == 0);
    while (dns.outstanding() > 0) dns.wait(std::chrono::seconds{1});
    CHECK(done == 50);
}

TEST_CASE("Private addresses are those that the Internet does not route", "[dns][rfc6890]") {
    struct Case { std::string ip; bool is_private; };
    const auto c = GENERATE(values<Case>({
        {"10.255.255.255", true}, {"11.0.0.0", false}, {"172.15.255.255", false}, {"172.16.0.0", true}, {"172.32.0.0", false},
        {"192.168.1.1", true}, {"192.169.0.0", false}, {"127.0.0.1", true}, {"169.254.1.1", true}, {"100.64.0.1", true},
        {"100.128.0.0", false}, {"0.0.0.0", true}, {"223.255.255.255", false}, {"224.0.0.1", true}, {"255.255.255.255", true},
        {"::", true}, {"::1", true}, {"fe80::1", true}, {"fd00::1", true}, {"ff02::1", true}, {"2001:db8::1", false}, {"2a00::1", false},
        {"::ffff:10.0.0.1", true}, {"192.0.2.1", false},
    }));
    CAPTURE(c.ip);
    CHECK(is_private(parse_ip(c.ip).value()) == c.is_private);
}

TEST_CASE("Kinds and findings have names and words of their own", "[dns]") {
    CHECK(to_string(RouteKind::no_such_domain) == "no-such-domain");
    CHECK(to_string(Finding::too_many_addresses) == "too-many-addresses");
    CHECK(describe(Finding::no_address) == "the host has no address");
}
