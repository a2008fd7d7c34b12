// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/remote/host_security.hpp"
#include "support/planned_site.hpp"

using namespace mailpipe;
using mta::SeenTls;
using dns::Type;
using Site = test::PlannedSite;
using test::text;

namespace {

const dns::Tlsa anchor{2, 1, 1, std::string(32, 'a')};
const dns::Tlsa unusable{1, 1, 1, std::string(32, 'k')};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("TLSA records that were validated decide, and their failure keeps a host out", "[mta][remote][rfc7672-2.2]") {
    struct Case {
        std::string what, plan;
        void (*change)(Site&);
    };
    const auto c = GENERATE(values<Case>({
        {"none", "opportunistic", [](Site&) {}},
        {"usable", "dane", [](Site& s) { s.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa); }},
        {"one of two usable", "dane",
         [](Site& s) {
             s.dns.tlsa("_25._tcp.mx.example.org", unusable);
             s.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa);
         }},
        {"none usable", "encrypted", [](Site& s) { s.dns.tlsa("_25._tcp.mx.example.org", unusable); }},
        {"another port", "opportunistic", [](Site& s) { s.dns.tlsa("_465._tcp.mx.example.org", test::usable_tlsa); }},
        {"failed", "451 4.7.5", [](Site& s) { s.dns.fail("_25._tcp.mx.example.org", Type::tlsa, "SERVFAIL"); }},
    }));
    CAPTURE(c.what);
    Site site;
    site.mx("example.org", 10, "mx.example.org", "192.0.2.1");
    site.signed_names({"example.org", "mx.example.org", "_25._tcp.mx.example.org"});
    c.change(site);
    const auto plan = site.plan("example.org");
    CHECK(text(plan) == (plan.refusal ? c.plan : "mx.example.org[192.0.2.1]:25 " + c.plan));
    const bool is_dane = c.plan == "dane";
    if (plan.refusal) CHECK(plan.refusal->text == "mx.example.org: TLSA of _25._tcp.mx.example.org: SERVFAIL");
    else CHECK(plan.hosts[0].host.expectation.tlsa.size() == (is_dane ? 1 : 0));
}

TEST_CASE("TLSA records that were not validated count for nothing", "[mta][remote][rfc7672-2.2]") {
    Site site;
    site.mx("example.org", 10, "mx.example.org", "192.0.2.1");
    site.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa);
    site.signed_names({"example.org", "_25._tcp.mx.example.org"});
    CHECK(text(site.plan("example.org")) == "mx.example.org[192.0.2.1]:25 opportunistic");
    CHECK_FALSE(site.was_asked("_25._tcp.mx.example.org", Type::tlsa));
    Site other;
    other.mx("example.org", 10, "mx.example.org", "192.0.2.1");
    other.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa);
    other.signed_names({"mx.example.org"});
    CHECK(text(other.plan("example.org")) == "mx.example.org[192.0.2.1]:25 opportunistic");
}

TEST_CASE("A host whose TLSA records are not known is left out, others are tried", "[mta][remote][rfc7672-2.2]") {
    Site site;
    site.mx("example.org", 10, "a.example.org", "192.0.2.1");
    site.dns.address("a.example.org", "192.0.2.3");
    site.mx("example.org", 20, "b.example.org", "192.0.2.2");
    site.signed_names({"a.example.org"});
    site.dns.fail("_25._tcp.a.example.org", Type::tlsa, "timed out");
    const auto plan = site.plan("example.org");
    CHECK(text(plan) == "b.example.org[192.0.2.2]:25 opportunistic");
    CHECK(plan.name == "b.example.org");
    CHECK(plan.left_out == Names{"a.example.org: TLSA of _25._tcp.a.example.org: timed out"});
}

TEST_CASE("Where CNAMEs lead is asked first, then the host's own name", "[mta][remote][rfc7672-2.2.3]") {
    struct Case {
        std::string tlsa, base;
    };
    const auto c = GENERATE(values<Case>({{"_25._tcp.real.example", "real.example"}, {"_25._tcp.mx.example.org", "mx.example.org"}}));
    Site site;
    site.dns.mx("example.org", 10, "mx.example.org");
    site.dns.alias("mx.example.org", "real.example");
    site.dns.address("real.example", "192.0.2.1");
    site.dns.tlsa(c.tlsa, test::usable_tlsa);
    site.signed_names({"example.org", "mx.example.org", "real.example", c.tlsa});
    const auto plan = site.plan("example.org");
    CHECK(text(plan) == "mx.example.org[192.0.2.1]:25 dane");
    CHECK(plan.hosts[0].host.expectation.names == Names{c.base});
    site.dns.fail("_25._tcp.real.example", Type::tlsa, "timed out");
    CHECK(text(site.plan("example.org")) == "451 4.7.5");
}

TEST_CASE("A trust anchor's certificates may have the domain's names, where the DNS leads from it safely", "[mta][remote][rfc7672-3.2.2]") {
    Site site;
    site.dns.alias("alias.example", "example.org");
    site.mx("example.org", 10, "mx.example.net", "192.0.2.1");
    site.dns.tlsa("_25._tcp.mx.example.net", anchor);
    site.signed_names({"mx.example.net", "_25._tcp.mx.example.net"});
    CHECK(site.plan("alias.example").hosts.at(0).host.expectation.names == Names{"mx.example.net"});
    site.signed_names({"alias.example", "example.org"});
    CHECK(site.plan("alias.example").hosts.at(0).host.expectation.names == Names{"mx.example.net", "alias.example", "example.org"});
}

TEST_CASE("A level is what the route says; else what was seen raises it, and TLSA records", "[mta][remote]") {
    struct Case {
        std::string route;
        SeenTls seen;
        bool has_tlsa;
        std::string level;
    };
    const auto c = GENERATE(values<Case>({
        {"", SeenTls::plain, false, "opportunistic"},
        {"", SeenTls::encrypted, false, "encrypted"},
        {"", SeenTls::verified, false, "verify"},
        {"", SeenTls::verified, true, "dane"},
        {"* mx", SeenTls::encrypted, false, "encrypted"},
        {"* mx tls=none", SeenTls::verified, true, "none"},
        {"* mx tls=opportunistic", SeenTls::verified, true, "opportunistic"},
        {"* mx tls=encrypted", SeenTls::verified, false, "encrypted"},
        {"* mx tls=encrypted", SeenTls::plain, true, "dane"},
        {"* mx tls=verify", SeenTls::plain, false, "verify"},
        {"* mx tls=verify", SeenTls::plain, true, "dane"},
        {"* mx tls=dane", SeenTls::plain, true, "dane"},
        {"* mx tls=dane", SeenTls::verified, false, "451 4.7.5"},
    }));
    CAPTURE(c.route, c.seen, c.has_tlsa);
    Site site;
    site.mx("example.org", 10, "mx.example.org", "192.0.2.1");
    site.signed_names({"example.org", "mx.example.org", "_25._tcp.mx.example.org"});
    if (c.has_tlsa) site.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa);
    if (!c.route.empty()) site.route({c.route});
    REQUIRE(site.memory.saw("example.org", c.seen));
    const auto plan = site.plan("example.org");
    CHECK(text(plan) == (plan.refusal ? c.level : "mx.example.org[192.0.2.1]:25 " + c.level));
}

TEST_CASE("Demanded TLSA records need a signed MX and signed addresses", "[mta][remote][rfc7672-2.2.1]") {
    Site site;
    site.route({"* mx tls=dane"});
    site.mx("example.org", 10, "mx.example.org", "192.0.2.1");
    site.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa);
    const auto words = [&] { return to_string(site.plan("example.org").refusal.value()); };
    site.signed_names({"example.org", "_25._tcp.mx.example.org"});
    CHECK(words() == "451 4.7.5 mx.example.org: TLSA records are demanded, but its addresses are not signed, "
                     "or our resolver does not validate");
    Site other;
    other.route({"* mx tls=dane"});
    other.mx("example.org", 10, "mx.example.org", "192.0.2.1");
    other.dns.tlsa("_25._tcp.mx.example.org", test::usable_tlsa);
    other.signed_names({"mx.example.org", "_25._tcp.mx.example.org"});
    CHECK(to_string(other.plan("example.org").refusal.value()) ==
          "451 4.7.5 mx.example.org: TLSA records are demanded, but the MX of example.org is not signed");
}

TEST_CASE("A literal has no name that could be verified", "[mta][remote]") {
    Site site;
    site.route({"* mx tls=verify"});
    CHECK(text(site.plan("[192.0.2.1]")) == "451 4.7.5");
    site.route({"* mx tls=encrypted"});
    CHECK(text(site.plan("[192.0.2.1]")) == "192.0.2.1[192.0.2.1]:25 encrypted");
}

TEST_CASE("A route's host has TLSA records and a memory of its own", "[mta][remote]") {
    Site site;
    site.route({"* smtp:relay.example:587"});
    site.dns.address("relay.example", "192.0.2.7");
    REQUIRE(site.memory.saw("example.org", SeenTls::verified));
    CHECK(text(site.plan("example.org")) == "relay.example[192.0.2.7]:587 opportunistic");
    REQUIRE(site.memory.saw("relay.example:587", SeenTls::verified));
    CHECK(text(site.plan("example.org")) == "relay.example[192.0.2.7]:587 verify");
    site.signed_names({"relay.example", "_587._tcp.relay.example"});
    site.dns.tlsa("_587._tcp.relay.example", test::usable_tlsa);
    CHECK(text(site.plan("example.org")) == "relay.example[192.0.2.7]:587 dane");
}
