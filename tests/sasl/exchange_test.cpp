// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "sasl/exchange.hpp"
#include "support/scram_client.hpp"
#include "text/base64.hpp"

using namespace mailpipe;
using namespace mailpipe::sasl;

namespace {

ScramWorld world() {
    return {[](std::string_view name) {
        ScramUser found{derive_scram_keys("pencil", "0123456789abcdef", 4096)};
        if (name == "user") found.user = User{.name = "user"};
        return found;
    }};
}

}  // namespace

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

TEST_CASE("SCRAM is listed where users can be found, -PLUS where the channel can be bound", "[sasl][rfc5802-6]") {
    auto scram = world();
    CHECK(mechanism_names() == "PLAIN LOGIN");
    CHECK_FALSE(find_mechanism("SCRAM-SHA-256"));
    CHECK(mechanism_names(scram) == "SCRAM-SHA-256 PLAIN LOGIN");
    CHECK(find_mechanism("scram-sha-256", scram) == Mechanism::scram_sha_256);
    CHECK_FALSE(find_mechanism("SCRAM-SHA-256-PLUS", scram));
    scram.channel_binding = [](auto) { return std::nullopt; };
    CHECK(mechanism_names(scram) == "SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN");
    CHECK(find_mechanism("SCRAM-SHA-256-PLUS", scram) == Mechanism::scram_sha_256_plus);
}

TEST_CASE("SCRAM ends with the server's proof, and the client's empty answer", "[sasl][rfc5802-5][rfc4954-4]") {
    struct Case { std::string name, password; bool right; };
    const auto c = GENERATE(values<Case>({{"user", "pencil", true}, {"user", "pen", false}, {"nobody", "pencil", false}}));
    const auto scram = world();
    Exchange exchange{Mechanism::scram_sha_256, scram};
    CHECK(exchange.challenge() == "");
    const auto bare = "n=" + c.name + ",r=abc";
    REQUIRE(exchange.respond(text::base64_encode("n,," + bare)));
    const auto first = text::base64_decode(exchange.challenge().value()).value();
    REQUIRE(exchange.respond(text::base64_encode(test::scram_final("n,,", bare, first, c.password))));
    CHECK(exchange.challenge().has_value() == c.right);
    CHECK(exchange.credentials().proof == Proof::wrong);
    if (c.right) {
        CHECK(text::base64_decode(*exchange.challenge()).value().starts_with("v="));
        SECTION("answered") {
            REQUIRE(exchange.respond(""));
            CHECK_FALSE(exchange.challenge());
            CHECK(exchange.credentials().proof == Proof::right);
            CHECK(exchange.credentials().user->name == "user");
            CHECK(exchange.credentials().name == "user");
        }
        SECTION("with something") { CHECK_FALSE(exchange.respond("AAAA")); }
        SECTION("cancelled") { CHECK_FALSE(exchange.respond("*")); }
    }
}
