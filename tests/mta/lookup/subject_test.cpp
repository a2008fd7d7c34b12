// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "mta/lookup/subject.hpp"

using namespace mailpipe;

TEST_CASE("A domain, an address in it, or an IP address is what to look up", "[lookup]") {
    struct Case { std::string typed, text, domain; };
    const auto c = GENERATE(values<Case>({
        {"example.org", "example.org", "example.org"},
        {"  Example.org.\r", "Example.org.", "example.org"},
        {"user@example.org", "user@example.org", "example.org"},
        {"\"a@b\"@example.org", "\"a@b\"@example.org", "example.org"},
        {"b\u00fccher.example", "b\u00fccher.example", "xn--bcher-kva.example"},
        {"[192.0.2.1]", "[192.0.2.1]", "[192.0.2.1]"},
        {"user@[IPv6:2001:db8::1]", "user@[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"},
        {"192.0.2.1", "192.0.2.1", "[192.0.2.1]"},
        {"2001:db8::1", "2001:db8::1", "[IPv6:2001:db8::1]"},
    }));
    CAPTURE(c.typed);
    const auto subject = mta::parse_subject(c.typed);
    REQUIRE(subject);
    CHECK(subject->text == c.text);
    CHECK(subject->domain == c.domain);
}

TEST_CASE("What is none of these is refused with its reason", "[lookup]") {
    struct Case { std::string typed, why; };
    const auto c = GENERATE(values<Case>({
        {"", "'' is no domain: it is empty"},
        {"user@", "'' is no domain: it is empty"},
        {"a b", "'a b' is no domain: the label 'a b' has a ' '"},
        {"[192.0.2.256]", "'[192.0.2.256]' is no address literal"},
        {"[example.org]", "'[example.org]' is no address literal"},
    }));
    const auto subject = mta::parse_subject(c.typed);
    REQUIRE_FALSE(subject);
    CHECK(subject.error().what == c.why);
    CHECK(exit_status(subject.error()) == ExitStatus::data);
}
