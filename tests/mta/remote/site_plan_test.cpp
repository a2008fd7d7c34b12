// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mta/remote/site_plan.hpp"
#include "support/planned_site.hpp"

using namespace mailpipe;
using mta::SeenTls;
using dns::Type;
using Site = test::PlannedSite;
using test::text;

namespace {

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("A domain's mail goes to its MX hosts, by preference, each address once", "[mta][remote][rfc5321-5.1]") {
    Site site;
    site.mx("example.org", 20, "b.example.org", "192.0.2.2");
    site.mx("example.org", 10, "a.example.org", "192.0.2.1");
    site.dns.address("a.example.org", "2001:db8::1");
    site.mx("example.org", 30, "again.example.org", "192.0.2.1");
    const auto plan = site.plan("example.org");
    CHECK(text(plan) == "a.example.org[2001:db8::1]:25 opportunistic | a.example.org[192.0.2.1]:25 opportunistic"
                        " | b.example.org[192.0.2.2]:25 opportunistic");
    CHECK(plan.name == "a.example.org");
    CHECK(plan.terms.remembered_as == "example.org");
    CHECK_FALSE(plan.is_lmtp);
    CHECK(plan.hosts[2].preference == 20);
    CHECK(plan.hosts[0].host.expectation.names == Names{"a.example.org"});
    CHECK_FALSE(site.was_asked("_25._tcp.a.example.org", Type::tlsa));
}

TEST_CASE("Without MX the domain is its own host; names are made ready for the DNS", "[mta][remote]") {
    struct Case {
        std::string domain, plan;
    };
    const auto c = GENERATE(values<Case>({
        {"example.org", "example.org[10.0.0.1]:25 opportunistic"},
        {"EXAMPLE.Org", "example.org[10.0.0.1]:25 opportunistic"},
        {"b\xc3\xbc" "cher.example", "xn--bcher-kva.example[127.0.0.1]:25 opportunistic"},
        {"[192.0.2.1]", "192.0.2.1[192.0.2.1]:25 opportunistic"},
        {"[IPv6:2001:DB8::1]", "2001:db8::1[2001:db8::1]:25 opportunistic"},
        {"[192.0.2.300]", "550 5.1.2"},
        {"[", "550 5.1.2"},
        {"a..b", "550 5.1.2"},
        {"", "550 5.1.2"},
    }));
    CAPTURE(c.domain);
    Site site;
    site.dns.address("example.org", "10.0.0.1");
    site.dns.address("xn--bcher-kva.example", "127.0.0.1");
    CHECK(text(site.plan(c.domain)) == c.plan);
}

TEST_CASE("Why nothing is to be tried, and whether that may change", "[mta][remote]") {
    Site site;
    auto& dns = site.dns;
    dns.mx("null.example", 0, "");
    dns.exists("bare.example");
    dns.mx("dead.example", 10, "dead.invalid");
    dns.fail("slow.example", Type::mx, "timed out");
    dns.mx("lame.example", 10, "mx.lame.example");
    dns.fail("mx.lame.example", Type::a, "SERVFAIL");
    site.mx("ours.example", 10, "mail.here.example", "192.0.2.9");
    site.mx("ours-by-address.example", 10, "other.example", "192.0.2.8");
    site.mx("backup.example", 20, "mail.here.example", "192.0.2.9");
    dns.mx("backup.example", 10, "primary.example");
    dns.fail("primary.example", Type::aaaa, "timed out");
    site.mx("orphan.example", 20, "mail.here.example", "192.0.2.9");
    dns.mx("orphan.example", 10, "gone.example");
    dns.mx("own.example", 10, "me.example");
    dns.fail("me.example", Type::a, "REFUSED");
    site.rules.self = {{"mail.here.example", "me.example"}, {net::parse_ip("192.0.2.8").value()}};

    struct Case {
        std::string domain, refusal;
    };
    for (const auto& c : std::vector<Case>{
             {"nowhere.example", "550 5.1.2 nowhere.example: no such domain"},
             {"bare.example", "550 5.1.2 bare.example takes no mail: it has neither MX nor address"},
             {"dead.example", "550 5.1.2 dead.example takes no mail: none of its MX hosts has an address"},
             {"null.example", "556 5.1.10 null.example takes no mail (null MX)"},
             {"slow.example", "451 4.4.3 DNS: MX of slow.example: timed out"},
             {"lame.example", "451 4.4.3 DNS: addresses of mx.lame.example: A: SERVFAIL"},
             {"backup.example", "451 4.4.3 DNS: addresses of primary.example: AAAA: timed out"},
             {"ours.example", "554 5.4.6 mail for ours.example loops: its DNS says that we are its mail host, and we do not take it"},
             {"ours-by-address.example",
              "554 5.4.6 mail for ours-by-address.example loops: its DNS says that we are its mail host, and we do not take it"},
             {"own.example", "554 5.4.6 mail for own.example loops: its DNS says that we are its mail host, and we do not take it"},
             {"orphan.example", "554 5.4.6 mail for orphan.example loops: its DNS says that we are its mail host, and we do not take it"},
         }) {
        CAPTURE(c.domain);
        const auto plan = site.plan(c.domain);
        REQUIRE(plan.refusal);
        CHECK(to_string(*plan.refusal) == c.refusal);
        CHECK(plan.name == c.domain);
    }
}

TEST_CASE("A host that can't be looked up does not keep mail from the others", "[mta][remote]") {
    Site site;
    site.mx("example.org", 20, "b.example.org", "192.0.2.2");
    site.dns.mx("example.org", 10, "a.example.org");
    site.dns.fail("a.example.org", Type::a, "timed out");
    CHECK(text(site.plan("example.org")) == "b.example.org[192.0.2.2]:25 opportunistic");
}

TEST_CASE("A route's host is looked up without MX, and may be an address or ourselves", "[mta][remote]") {
    struct Case {
        std::string route, plan, name, remembered_as;
    };
    const auto c = GENERATE(values<Case>({
        {"* smtp:relay.example", "relay.example[192.0.2.7]:25 opportunistic", "relay.example", "relay.example"},
        {"* smtp:relay.example:2525", "relay.example[192.0.2.7]:2525 opportunistic", "relay.example", "relay.example:2525"},
        {"* smtps:relay.example", "relay.example[192.0.2.7]:465 encrypted", "relay.example", "relay.example:465"},
        {"* smtp:[2001:db8::1]:26", "2001:db8::1[2001:db8::1]:26 opportunistic", "2001:db8::1", "2001:db8::1:26"},
        {"* smtp:192.0.2.8", "192.0.2.8[192.0.2.8]:25 opportunistic", "192.0.2.8", "192.0.2.8"},
        {"* smtp:localhost:2525", "localhost[::1]:2525 opportunistic | localhost[127.0.0.1]:2525 opportunistic", "localhost", "localhost:2525"},
        {"* smtp:nowhere.example", "451 4.3.5", "nowhere.example", "nowhere.example"},
        {"* smtp:slow.example", "451 4.4.3", "slow.example", "slow.example"},
        {"* lmtp:unix:/run/lmtp", "unix:/run/lmtp[unix:/run/lmtp] none", "unix:/run/lmtp", ""},
        {"* lmtp:127.0.0.1:24", "127.0.0.1:24[127.0.0.1]:24 none", "127.0.0.1:24", ""},
    }));
    CAPTURE(c.route);
    Site site;
    site.route({c.route});
    site.rules.self = {{"relay.example"}, {net::parse_ip("192.0.2.8").value()}};
    site.mx("relay.example", 10, "elsewhere.example", "192.0.2.99");
    site.dns.address("relay.example", "192.0.2.7");
    site.dns.fail("slow.example", Type::a, "timed out");
    const auto plan = site.plan("example.org");
    CHECK(text(plan) == c.plan);
    CHECK(plan.name == c.name);
    CHECK(plan.terms.remembered_as == c.remembered_as);
    CHECK(plan.is_lmtp == c.route.starts_with("* lmtp"));
    CHECK_FALSE(site.was_asked("relay.example", Type::mx));
    for (const auto& planned : plan.hosts) CHECK(planned.host.tls_first == c.route.starts_with("* smtps"));
}

TEST_CASE("A login is read when it is needed, and asks for TLS", "[mta][remote]") {
    Site site;
    const auto file = site.temp / "login";
    site.dns.address("relay.example", "192.0.2.7");
    site.route({"a.example smtp:relay.example login=" + file, "b.example smtp:192.0.2.7 login=" + file,
                "c.example smtp:127.0.0.1:25 login=" + file, "d.example smtp:relay.example login=" + file + " tls=encrypted"});
    const auto missing = site.plan("a.example");
    REQUIRE(missing.refusal);
    CHECK(to_string(*missing.refusal) == "451 4.3.5 open login file " + file + ": No such file or directory");
    const auto directory = open_directory(site.temp.path()).value();
    REQUIRE(write_all(create_exclusive_at(directory, "login").value(), "alice:secret:of:hers\n"));
    const auto plan = site.plan("a.example");
    CHECK(text(plan) == "relay.example[192.0.2.7]:25 verify");
    CHECK(plan.login == smtp::Login{"alice", "secret:of:hers"});
    CHECK(plan.terms.is_fixed);
    CHECK(plan.key.find("secret") == std::string::npos);
    CHECK(text(site.plan("b.example")) == "192.0.2.7[192.0.2.7]:25 encrypted");
    CHECK(text(site.plan("c.example")) == "127.0.0.1[127.0.0.1]:25 opportunistic");
    CHECK(text(site.plan("d.example")) == "relay.example[192.0.2.7]:25 encrypted");
}

TEST_CASE("Domains with the same hosts share a key, unless a certificate would have to have their names", "[mta][remote]") {
    Site site;
    for (const std::string domain : {"a.example", "b.example", "c.example"}) {
        site.dns.mx(domain, 10, "mx2.example.org");
        site.dns.mx(domain, 10, "mx1.example.org");
    }
    site.dns.mx("d.example", 20, "mx1.example.org");
    site.dns.mx("d.example", 10, "mx2.example.org");
    site.dns.address("mx1.example.org", "192.0.2.1");
    site.dns.address("mx2.example.org", "192.0.2.2");
    const auto key = [&](const std::string& domain, std::uint64_t seed = 1) { return site.plan(domain, seed).key; };
    for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK(key("a.example", seed) == key("b.example"));
    CHECK(site.plan("a.example").name == "mx1.example.org");
    CHECK(key("a.example") != key("d.example"));
    CHECK(key("nowhere.example") != key("nowhere-else.example"));

    REQUIRE(site.memory.saw("a.example", SeenTls::verified));
    CHECK(key("a.example") != key("b.example"));
    REQUIRE(site.memory.saw("b.example", SeenTls::verified));
    CHECK(key("a.example") == key("b.example"));

    site.route({"a.example mx tls=verify", "b.example mx tls=verify", "c.example mx tls=encrypted"});
    CHECK(site.plan("a.example").hosts.at(0).host.expectation.names.at(1) == "a.example");
    CHECK(key("a.example") != key("b.example"));
    CHECK(key("a.example") != key("c.example"));
}

TEST_CASE("Equal hosts are tried in an order that the seed decides", "[mta][remote]") {
    Site site;
    for (int i = 1; i <= 9; ++i) site.mx("example.org", 10, fmt::format("mx{}.example.org", i), fmt::format("192.0.2.{}", i));
    CHECK(text(site.plan("example.org", 5)) == text(site.plan("example.org", 5)));
    CHECK(text(site.plan("example.org", 5)) != text(site.plan("example.org", 6)));
}

TEST_CASE("100 addresses are planned at most", "[mta][remote]") {
    Site site;
    for (int i = 1; i <= 60; ++i) site.mx("example.org", 10, "a.example.org", fmt::format("192.0.2.{}", i));
    for (int i = 61; i <= 100; ++i) site.mx("example.org", 20, "b.example.org", fmt::format("192.0.2.{}", i));
    CHECK(site.plan("example.org").hosts.size() == 100);
    site.mx("example.org", 20, "b.example.org", "192.0.2.101");
    CHECK(site.plan("example.org").hosts.size() == mta::max_planned_addresses);
}

TEST_CASE("Another port is for all MX hosts, and for their TLSA records", "[mta][remote]") {
    Site site;
    site.rules.port = 2525;
    site.mx("example.org", 10, "mx.example.org", "127.0.0.1");
    site.signed_names({"mx.example.org", "_2525._tcp.mx.example.org"});
    site.dns.tlsa("_2525._tcp.mx.example.org", test::usable_tlsa);
    CHECK(text(site.plan("example.org")) == "mx.example.org[127.0.0.1]:2525 dane");
}
