// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "dns/name.hpp"
#include "mta/lookup/setup_check.hpp"
#include "support/zone_resolver.hpp"

using namespace mailpipe;
using namespace mailpipe::mta;
using test::ZoneResolver;

namespace {

std::vector<Verdict> check(ZoneResolver& dns, const std::string& domain, const std::vector<std::string>& selectors = {}) {
    std::optional<std::vector<Verdict>> verdicts;
    check_setup(dns, dns::find_mail_route(dns, domain), selectors, [&](std::vector<Verdict> got) {
        CHECK_FALSE(verdicts);
        verdicts = std::move(got);
    });
    while (dns.outstanding() > 0) dns.wait(std::chrono::seconds{1});
    return verdicts.value();
}

std::string told(const std::vector<Verdict>& verdicts) {
    std::string text;
    for (const auto& verdict : verdicts) text += std::string(to_string(verdict.grade)) + " " + verdict.check + " " + verdict.name + "\n";
    return text;
}

std::string reverse(const std::string& ip) { return dns::reverse_name(net::parse_ip(ip).value()); }

}  // namespace

TEST_CASE("Everything that a domain publishes about its mail is judged, in order", "[lookup]") {
    ZoneResolver dns;
    dns.mail_host("example.org", 10, "mx.example.org", {"192.0.2.1", "2001:db8::1"});
    dns.text("example.org", "v=spf1 mx -all");
    dns.text("_dmarc.example.org", "v=DMARC1; p=reject");
    dns.text("one._domainkey.example.org", "v=DKIM1; p=");
    dns.text("_mta-sts.example.org", "v=STSv1; id=1");
    dns.fail("_smtp._tls.example.org", dns::Type::txt, "SERVFAIL");
    dns.tlsa("_25._tcp.mx.example.org", {3, 1, 1, std::string(32, 'x')});
    for (const std::string name : {"example.org", "mx.example.org", "_25._tcp.mx.example.org"}) dns.authentic(name);
    dns.host(reverse("192.0.2.1"), "mx.example.org");
    dns.host(reverse("2001:db8::1"), "other.example.org");
    CHECK(told(check(dns, "example.org", {"one", "two"})) ==
          "good spf example.org\ngood dmarc example.org\nnote dkim one._domainkey.example.org\nbad dkim two._domainkey.example.org\n"
          "good mta-sts example.org\nunknown tls-rpt example.org\ngood tlsa mx.example.org\nbad ptr 2001:db8::1\ngood ptr 192.0.2.1\n");
}

TEST_CASE("TLSA of a host that is an alias: where it leads first, then its own", "[lookup][rfc7672-2.2.3]") {
    ZoneResolver dns;
    dns.mx("example.org", 10, "mx.example.org");
    dns.alias("mx.example.org", "big.example.net");
    dns.address("big.example.net", "192.0.2.1");
    for (const std::string name : {"example.org", "mx.example.org", "big.example.net"}) dns.authentic(name);
    const auto grade = [&] {
        const auto verdicts = check(dns, "example.org");
        const auto tlsa = std::ranges::find(verdicts, "tlsa", &Verdict::check);
        REQUIRE(tlsa != verdicts.end());
        CHECK(tlsa->name == "mx.example.org");
        return tlsa->grade;
    };
    CHECK(grade() == Grade::note);
    const std::string own = "_25._tcp.mx.example.org", led_to = "_25._tcp.big.example.net";
    dns.tlsa(own, {3, 1, 1, std::string(32, 'x')});
    dns.authentic(own);
    CHECK(grade() == Grade::good);
    dns.tlsa(led_to, {1, 1, 1, std::string(32, 'x')});
    CHECK(grade() == Grade::good);  // nobody validated it
    dns.authentic(led_to);
    CHECK(grade() == Grade::bad);
    dns.fail(led_to, dns::Type::tlsa, "SERVFAIL");
    CHECK(grade() == Grade::unknown);
}

TEST_CASE("DMARC comes from the domain or the first above it", "[lookup][rfc7489]") {
    ZoneResolver dns;
    dns.address("a.b.example.org", "192.0.2.1");
    dns.text("_dmarc.example.org", "v=DMARC1; p=reject; rua=mailto:d@example.org");
    CHECK(check(dns, "a.b.example.org")[1].words == "forged mail is to be refused (as example.org says)");
    dns.fail("_dmarc.b.example.org", dns::Type::txt, "SERVFAIL");
    CHECK(check(dns, "a.b.example.org")[1].grade == Grade::unknown);
    dns.address("example.com", "192.0.2.2");
    dns.text("_dmarc.com", "v=DMARC1; p=none");
    CHECK(check(dns, "example.com")[1].words.starts_with("none"));
}

TEST_CASE("Eight domains above are asked for DMARC", "[lookup]") {
    ZoneResolver dns;
    const std::string tail = "8.7.6.5.4.3.2.1.example.org";  // example.org is the eighth above the one with 8
    dns.address(tail, "192.0.2.1");
    dns.address("9." + tail, "192.0.2.1");
    dns.text("_dmarc.example.org", "v=DMARC1; p=none");
    CHECK(check(dns, tail)[1].words.ends_with("(as example.org says)"));
    CHECK(check(dns, "9." + tail)[1].words.starts_with("none"));
}

TEST_CASE("Of an address literal only the name is judged", "[lookup]") {
    ZoneResolver dns;
    dns.host(reverse("192.0.2.1"), "a.example");
    dns.address("a.example", "192.0.2.1");
    CHECK(told(check(dns, "[192.0.2.1]")) == "good ptr 192.0.2.1\n");
}

TEST_CASE("100 addresses are looked at, and 5 names of each", "[lookup]") {
    ZoneResolver dns;
    for (int i = 0; i < 100; ++i) dns.address("wide.example", "192.0.2." + std::to_string(i));
    CHECK(check(dns, "wide.example").size() == 4 + 1 + 100);
    dns.address("wide.example", "2001:db8::1");
    const auto verdicts = check(dns, "wide.example");
    CHECK(verdicts.size() == 4 + 1 + 100 + 1);
    CHECK(verdicts.back().words == "1 more addresses are not looked at");

    for (int i = 0; i < 6; ++i) dns.host(reverse("192.0.2.200"), std::to_string(i) + ".example");
    dns.address("5.example", "192.0.2.200");
    CHECK(check(dns, "[192.0.2.200]")[0].grade == Grade::bad);
    dns.address("4.example", "192.0.2.200");
    CHECK(check(dns, "[192.0.2.200]")[0].words == "4.example, which leads back");
}

TEST_CASE("A domain without mail is judged too", "[lookup]") {
    ZoneResolver dns;
    dns.mx("null.example", 0, "");
    dns.text("null.example", "v=spf1 -all");
    CHECK(told(check(dns, "null.example")) ==
          "good spf null.example\nnote dmarc null.example\nnote mta-sts null.example\nnote tls-rpt null.example\n");
}
