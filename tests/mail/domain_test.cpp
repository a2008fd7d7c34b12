// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "mail/domain.hpp"

using namespace mailpipe::mail;

TEST_CASE("A domain is labels between dots", "[mail][rfc5321-4.1.2]") {
    struct Case { std::string_view text; bool good; };
    const auto c = GENERATE(values<Case>({
        {"a", true}, {"a.b", true}, {"a-b.c", true}, {"1.2", true}, {"xn--bcher-kva.example", true}, {"a_b.c", true},
        {"b\xc3\xbc" "cher.example", true},
        {"", false}, {".", false}, {"a.", false}, {".a", false}, {"a..b", false}, {"-a", false}, {"a-", false},
        {"a.-b", false}, {"a b", false}, {"a@b", false}, {"a/b", false}, {"[1.2.3.4]", false}, {"a\xff", false},
        {std::string_view{"a\0b", 3}, false},
    }));
    CAPTURE(c.text);
    CHECK(is_domain(c.text) == c.good);
}

TEST_CASE("Labels have 63 octets at most, domains 255", "[mail][rfc5321-4.5.3.1.2]") {
    const std::string label(63, 'a');
    CHECK(is_domain(label));
    CHECK_FALSE(is_domain(label + 'a'));
    const auto most = label + '.' + label + '.' + label + '.' + label;
    REQUIRE(most.size() == 255);
    CHECK(is_domain(most));
    CHECK_FALSE(is_domain("a." + most));
    CHECK(is_domain("\xd1\x8f" + label));  // an A-label's length is not that of its U-label
}

TEST_CASE("An address literal holds an address", "[mail][rfc5321-4.1.3]") {
    struct Case { std::string_view text; bool good; };
    const auto c = GENERATE(values<Case>({
        {"[192.0.2.1]", true}, {"[IPv6:2001:db8::1]", true}, {"[ipv6:::]", true}, {"[IPv6:::ffff:192.0.2.1]", true},
        {"[]", false}, {"[192.0.2]", false}, {"[192.0.2.256]", false}, {"192.0.2.1", false}, {"[192.0.2.1", false},
        {"[2001:db8::1]", false}, {"[IPv6:]", false}, {"[IPv6:192.0.2.1]", false}, {"[X400:a]", false}, {"[", false},
        {"]", false}, {std::string_view{"[192.0.2.1\0]", 12}, false}, {"[192.0.2.1 ]", false},
    }));
    CAPTURE(c.text);
    CHECK(is_address_literal(c.text) == c.good);
}
