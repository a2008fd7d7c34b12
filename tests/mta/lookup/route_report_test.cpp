// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include <nlohmann/json.hpp>

#include "mta/lookup/route_report.hpp"
#include "support/zone_resolver.hpp"

using namespace mailpipe;
using test::ZoneResolver;

namespace {

mta::Subject subject(const std::string& text) { return mta::parse_subject(text).value(); }

std::string text_of(ZoneResolver& dns, const std::string& text) {
    const auto s = subject(text);
    return route_text(s, dns::find_mail_route(dns, s.domain));
}

ZoneResolver small_zone() {
    ZoneResolver dns;
    dns.mx("example.org", 20, "mx2.example.org");
    dns.mail_host("example.org", 10, "mx1.example.org", {"192.0.2.1", "192.0.2.2", "2001:db8::1"});
    dns.alias("mx2.example.org", "far.example.net");
    dns.address("far.example.net", "10.0.0.1");
    dns.mx("null.example", 0, "");
    dns.address("plain.example", "192.0.2.9");
    dns.exists("empty.example");
    dns.mx("dead.example", 10, "gone.example");
    dns.fail("broken.example", dns::Type::mx, "SERVFAIL");
    dns.alias("www.example", "plain.example");
    return dns;
}

}  // namespace

TEST_CASE("A route is told in the order of tries, with what is wrong below", "[lookup]") {
    auto dns = small_zone();
    CHECK(text_of(dns, "User@Example.org") ==
          "User@Example.org (example.org): 2 MX hosts\n"
          "     10 mx1.example.org  2001:db8::1  192.0.2.1  192.0.2.2\n"
          "     20 mx2.example.org  10.0.0.1\n"
          "        ! the MX names an alias (CNAME), which is not allowed (RFC 2181 section 10.3): of far.example.net\n"
          "        ! an address cannot be reached over the Internet (RFC 6890)\n");
}

TEST_CASE("Each kind of route has its words", "[lookup]") {
    struct Case { std::string domain, text; };
    const auto c = GENERATE(values<Case>({
        {"null.example", "null.example: takes no mail (null MX)\n"},
        {"plain.example", "plain.example: no MX, mail goes to the domain's own address\n        plain.example  192.0.2.9\n"},
        {"www.example",
         "www.example: no MX, mail goes to the domain's own address\n        an alias of plain.example\n        www.example  192.0.2.9\n"},
        {"empty.example", "empty.example: no MX and no address\n"},
        {"dead.example",
         "dead.example: no MX host has an address\n     10 gone.example\n        ! the MX names a host that does not exist\n"},
        {"nothing.example", "nothing.example: no such domain\n"},
        {"broken.example", "broken.example: not known now: MX of broken.example: SERVFAIL\n"},
        {"[192.0.2.1]", "[192.0.2.1]: an address\n        192.0.2.1  192.0.2.1\n"},
    }));
    auto dns = small_zone();
    CHECK(text_of(dns, c.domain) == c.text);
}

TEST_CASE("A route is an object for programs", "[lookup][rfc8259]") {
    auto dns = small_zone();
    dns.authentic("example.org");
    const auto s = subject("b\u00fc@example.org");
    const auto json = nlohmann::json::parse(route_json(s, dns::find_mail_route(dns, s.domain)).text());
    CHECK(json == nlohmann::json::parse(R"({"version":1,"query":"bü@example.org","domain":"example.org","kind":"mx",
        "canonical":"example.org","authentic":true,"findings":[],"hosts":[
        {"name":"mx1.example.org","preference":10,"canonical":"mx1.example.org","authentic":false,
         "addresses":["2001:db8::1","192.0.2.1","192.0.2.2"],"findings":[]},
        {"name":"mx2.example.org","preference":20,"canonical":"far.example.net","authentic":false,"addresses":["10.0.0.1"],
         "findings":["alias","private-address"]}]})"));
    const auto broken = nlohmann::json::parse(route_json(subject("broken.example"), dns::find_mail_route(dns, "broken.example")).text());
    CHECK(broken["kind"] == "failed");
    CHECK(broken["trouble"] == "MX of broken.example: SERVFAIL");
    const auto refused = nlohmann::json::parse(mta::refusal_json("a b", mta::parse_subject("a b").error()));
    CHECK(refused["kind"] == "no-domain");
    CHECK(refused["query"] == "a b");
}

TEST_CASE("Scripts get the hosts that have addresses", "[lookup]") {
    auto dns = small_zone();
    dns.mx("example.org", 30, "gone.example");
    CHECK(mta::route_hosts(dns::find_mail_route(dns, "example.org")) == "mx1.example.org\nmx2.example.org\n");
    CHECK(mta::route_hosts(dns::find_mail_route(dns, "null.example")).empty());
    CHECK(mta::route_hosts(dns::find_mail_route(dns, "plain.example")) == "plain.example\n");
}
