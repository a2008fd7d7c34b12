// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "dns/name.hpp"

using namespace std::string_literals;
using namespace mailpipe::dns;

TEST_CASE("A domain becomes A-labels in lower case without the last dot", "[dns][rfc5891]") {
    struct Case { std::string typed, name; };
    const auto c = GENERATE(values<Case>({
        {"Example.ORG", "example.org"}, {"example.org.", "example.org"},
        {"localhost", "localhost"}, {"_dmarc.example.org", "_dmarc.example.org"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"}, {"b\u00fccher.example", "xn--bcher-kva.example"},
        {"B\u00dcCHER.example", "xn--bcher-kva.example"}, {"bu\u0308cher.example", "xn--bcher-kva.example"},
        {"stra\u00dfe.example", "xn--strae-oqa.example"},  // nontransitional: sharp s stays
        {"\u4f8b\u3048\u3002\u30c6\u30b9\u30c8", "xn--r8jz45g.xn--zckzah"}, {"1.2", "1.2"}, {"-a.example", "-a.example"},
    }));
    CAPTURE(c.typed);
    const auto name = to_ascii_name(c.typed);
    REQUIRE(name);
    CHECK(*name == c.name);
    CHECK(is_host_name(*name));
}

TEST_CASE("Labels have up to 63 octets, names 253", "[dns][rfc1035-2.3.4]") {
    const std::string label(63, 'a');
    const std::string three = label + "." + label + "." + label + ".";
    CHECK(to_ascii_name(label));
    CHECK_FALSE(to_ascii_name(label + "a"));
    CHECK(to_ascii_name(three + std::string(61, 'b')));
    CHECK_FALSE(to_ascii_name(three + std::string(62, 'b')));
}

TEST_CASE("What is no domain is refused, and told why", "[dns]") {
    struct Case { std::string typed, why; };
    const auto c = GENERATE(values<Case>({
        {"", "'' is no domain: it is empty"},
        {".", "'.' is no domain: a label is empty"},
        {"a..b", "'a..b' is no domain: a label is empty"},
        {".a", "'.a' is no domain: a label is empty"},
        {"a b", "'a b' is no domain: the label 'a b' has a ' '"},
        {"exa\tmple.org", "'exa?mple.org' is no domain: the label 'exa?mple' has a '?'"},
        {"user@example.org", "'user@example.org' is no domain: the label 'user@example' has a '@'"},
        {"a\\.b", "'a\\.b' is no domain: the label 'a\\' has a '\\'"},
        {"\xff.example", "'?.example' is no domain: it is not UTF-8 text"},
    }));
    const auto name = to_ascii_name(c.typed);
    REQUIRE_FALSE(name);
    CHECK(name.error().what == c.why);
    CHECK(exit_status(name.error()) == mailpipe::ExitStatus::data);
    CHECK_FALSE(to_ascii_name(std::string(2000, 'a')));
    CHECK_FALSE(to_ascii_name("\u2665\u2665.example\0x"s));
}

TEST_CASE("An address has a name of its own, backwards", "[dns][rfc3596-2.5]") {
    const auto name = [](const char* ip) { return reverse_name(mailpipe::net::parse_ip(ip).value()); };
    CHECK(name("192.0.2.1") == "1.2.0.192.in-addr.arpa");
    CHECK(name("2001:db8::567:89ab") == "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
}
