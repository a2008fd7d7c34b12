// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "sasl/plain.hpp"

using namespace mailpipe::sasl;
using namespace std::string_literals;

TEST_CASE("PLAIN is three parts between two NULs", "[sasl][rfc4616-2]") {
    struct Case { std::string message; bool good; };
    const auto c = GENERATE(values<Case>({
        {"\0user\0secret"s, true}, {"user\0user\0secret"s, true}, {"other\0user\0secret"s, true},
        {"", false}, {"user"s, false}, {"\0user"s, false}, {"\0\0secret"s, false}, {"\0user\0"s, false},
        {"\0user\0sec\0ret"s, false},
    }));
    CAPTURE(c.message);
    const auto got = parse_plain(c.message);
    REQUIRE(got.has_value() == c.good);
    if (!got) return;
    CHECK(got->name == "user");
    CHECK(got->password == "secret");
    CHECK(got->for_self() == (got->authorization != "other"));
}

TEST_CASE("PLAIN takes one response", "[sasl][rfc4616-2]") {
    Exchange exchange{Mechanism::plain};
    REQUIRE(exchange.challenge() == "");
    REQUIRE(exchange.respond("AHVzZXIAc2VjcmV0"));
    CHECK_FALSE(exchange.challenge());
    CHECK(exchange.credentials().name == "user");
    CHECK(exchange.credentials().password == "secret");
}

TEST_CASE("LOGIN asks for the name, then for the password", "[sasl]") {
    Exchange exchange{Mechanism::login};
    REQUIRE(exchange.challenge() == "VXNlcm5hbWU6");
    REQUIRE(exchange.respond("dXNlcg=="));
    REQUIRE(exchange.challenge() == "UGFzc3dvcmQ6");
    REQUIRE(exchange.respond("c2VjcmV0"));
    CHECK_FALSE(exchange.challenge());
    CHECK(exchange.credentials().name == "user");
    CHECK(exchange.credentials().password == "secret");
}

TEST_CASE("What is not base64, empty, or a cancel ends an exchange", "[sasl][rfc4954-4]") {
    const auto mechanism = GENERATE(Mechanism::plain, Mechanism::login);
    const auto line = GENERATE("*", "=", "", "dXNlcg", "dXNl=cg=", "dXNl cg==", "AAAA");
    CAPTURE(line);
    Exchange exchange{mechanism};
    CHECK_FALSE(exchange.respond(line));
}

TEST_CASE("Mechanisms are found whatever the case of their names", "[sasl]") {
    CHECK(find_mechanism("plain") == Mechanism::plain);
    CHECK(find_mechanism("LOGIN") == Mechanism::login);
    CHECK_FALSE(find_mechanism("CRAM-MD5"));
    CHECK_FALSE(find_mechanism(""));
}
