// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "sasl/scram_client.hpp"

using namespace mailpipe;
using namespace mailpipe::sasl;

namespace {

const std::string first_of_rfc7677 = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";

}  // namespace

TEST_CASE("The client of RFC 7677's example comes out as it stands there", "[sasl][rfc7677-3]") {
    ScramClient client{"user", "pencil", "rOprNGfwEbeRWgbNEkqO"};
    CHECK(client.first() == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    CHECK(client.final(first_of_rfc7677).value() ==
          "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    CHECK(client.verify("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
}

TEST_CASE("A server that does not know the password is found out", "[sasl][rfc5802-3]") {
    ScramClient client{"user", "pencil", "rOprNGfwEbeRWgbNEkqO"};
    CHECK_FALSE(client.verify("v="));  // before anything was said
    REQUIRE(client.final(first_of_rfc7677));
    for (const auto* final : {"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "", "e=other-error", "V=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="}) {
        CAPTURE(final);
        CHECK_FALSE(client.verify(final));
    }
}

TEST_CASE("A server's first message is read strictly", "[sasl][rfc5802-7]") {
    struct Case { std::string message; bool good; };
    const auto c = GENERATE(values<Case>({
        {"r=abcd,s=c2FsdA==,i=4096", true}, {"r=abcd,s=c2FsdA==,i=4096,x=1", true},
        {"r=abcd,s=c2FsdA==,i=4095", false}, {"r=abcd,s=c2FsdA==,i=1000001", false}, {"r=abcd,s=c2FsdA==,i=99999999999", false},
        {"r=abc,s=c2FsdA==,i=4096", false},  // the server adds nothing to the nonce
        {"r=xabc,s=c2FsdA==,i=4096", false}, {"r=abc d,s=c2FsdA==,i=4096", false}, {"m=1,r=abcd,s=c2FsdA==,i=4096", false},
        {"r=abcd,s=,i=4096", false}, {"r=abcd,s=c2F,i=4096", false}, {"r=abcd,i=4096", false}, {"r=abcd,s=c2FsdA==", false},
        {"r=abcd,s=c2FsdA==,i=-1", false}, {"e=no-resources", false}, {"", false},
    }));
    CAPTURE(c.message);
    ScramClient client{"user", "pencil", "abc"};
    CHECK(client.final(c.message).has_value() == c.good);
}

TEST_CASE("The most iterations that are taken are done", "[sasl]") {
    ScramClient client{"user", "pencil", "abc"};
    CHECK(client.final("r=abcd,s=c2FsdA==,i=1000000"));
}

TEST_CASE("Names are quoted", "[sasl][rfc5802-5.1]") {
    CHECK(ScramClient{"us,er==2C", "x", "abc"}.first() == "n,,n=us=2Cer=3D=3D2C,r=abc");
}
