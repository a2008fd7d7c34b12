// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>
#include <vector>

#include "sasl/saslprep.hpp"
#include "sasl/scram.hpp"
#include "support/scram_client.hpp"
#include "text/base64.hpp"

using namespace mailpipe;
using namespace mailpipe::sasl;

namespace {

const std::string salt = text::base64_decode("W22ZaJ0SNY7soEsUEjb6gQ==").value();

ScramUser pencil(std::string_view name) {
    return {derive_scram_keys("pencil", salt, 4096), User{.name = std::string{name}}};
}

const ScramWorld plain_world{pencil};
const ScramWorld bound_world{pencil, [](std::string_view type) -> std::optional<std::string> {
    if (type == "tls-exporter") return "channel";
    return {};
}};

bool takes_first(Scram::Channel channel, const ScramWorld& world, const std::string& message) {
    return Scram{channel, world, "nonce"}.first(message).has_value();
}

}  // namespace

TEST_CASE("The example of RFC 7677 comes out as it stands there", "[sasl][rfc7677-3]") {
    Scram scram{Scram::Channel::unbound, plain_world, "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"};
    CHECK(scram.first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO").value() ==
          "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
    CHECK(scram.final("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                      "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").value() ==
          "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
    CHECK(scram.user()->name == "user");
}

TEST_CASE("A first message that is not one is an error", "[sasl][rfc5802-7]") {
    struct Case { std::string message; bool good; };
    const auto c = GENERATE(values<Case>({
        {"n,,n=user,r=abc", true}, {"y,,n=user,r=abc", true}, {"n,a=user,n=user,r=abc", true},
        {"n,,n=user,r=abc,x=1", true}, {"n,,n=us=2Cer=3D,r=abc", true},
        {"", false}, {"n", false}, {"n,", false}, {"n,,", false}, {"n=user,r=abc", false}, {"x,,n=user,r=abc", false},
        {"n,b=user,n=user,r=abc", false}, {"n,,m=1,n=user,r=abc", false}, {"n,,r=abc,n=user", false},
        {"n,,n=,r=abc", false}, {"n,,n=us=2cer,r=abc", false}, {"n,,n=us=,r=abc", false}, {"n,,n=\xff,r=abc", false},
        {"n,,n=user,r=", false}, {"n,,n=user,r=a b", false}, {"n,,n=user", false},
        {"n,,n=user,r=" + std::string(2000, 'x'), false}, {"p=tls-exporter,,n=user,r=abc", false},
    }));
    CAPTURE(c.message);
    CHECK(takes_first(Scram::Channel::unbound, plain_world, c.message) == c.good);
}

TEST_CASE("Names come out of their quoting", "[sasl][rfc5802-5.1]") {
    Scram scram{Scram::Channel::unbound, plain_world, "n"};
    REQUIRE(scram.first("n,a=o=2Cther,n=us=2Cer=3D=3D2C,r=abc"));
    CHECK(scram.name() == "us,er==2C");
    CHECK(scram.authorization() == "o,ther");
}

TEST_CASE("A wrong proof, nonce or channel binding proves nothing, and what can't be read is an error", "[sasl][rfc5802-5.1]") {
    const std::string bare = "n=user,r=abc";
    Scram scram{Scram::Channel::unbound, plain_world, "nonce"};
    const auto first = scram.first("n,," + bare).value();
    const auto good = test::scram_final("n,,", bare, first, "pencil");
    SECTION("password") { CHECK_FALSE(scram.final(test::scram_final("n,,", bare, first, "pencils")).value()); }
    SECTION("header") { CHECK_FALSE(scram.final(test::scram_final("y,,", bare, first, "pencil")).value()); }
    SECTION("nonce") { CHECK_FALSE(scram.final("c=biws,r=abc," + good.substr(good.rfind("p="))).value()); }
    SECTION("short proof") { CHECK_FALSE(scram.final(good.substr(0, good.rfind("p=")) + "p=AAAA").value()); }
    SECTION("unreadable") {
        for (const char* text : {"", "c=biws", "c=biws,p=AAAA", "r=abcnonce,c=biws,p=AAAA", "c=biws,r=abcnonce,p=A", "c=b,r=abcnonce,p=AAAA"}) {
            CHECK_FALSE(scram.final(text));
        }
    }
    CHECK_FALSE(scram.user());
}

TEST_CASE("A channel is bound by -PLUS alone, and by it always", "[sasl][rfc5802-6]") {
    using enum Scram::Channel;
    const std::string bare = "n=user,r=abc", header = "p=tls-exporter,,";
    CHECK_FALSE(takes_first(bound, bound_world, "n,," + bare));
    CHECK_FALSE(takes_first(bound, bound_world, "y,," + bare));
    CHECK_FALSE(takes_first(bound, bound_world, "p=tls-unique,," + bare));
    CHECK_FALSE(takes_first(bound, bound_world, "p=tls-exporter"));
    CHECK_FALSE(takes_first(unbound, bound_world, header + bare));
    CHECK_FALSE(takes_first(unbound, bound_world, "y,," + bare));  // it was offered: somebody has hidden it
    CHECK(takes_first(unbound, bound_world, "n,," + bare));

    const auto octets = GENERATE("channel", "elsewhere");
    Scram scram{bound, bound_world, "nonce"};
    const auto first = scram.first(header + bare).value();
    const auto final = scram.final(test::scram_final(header + octets, bare, first, "pencil"));
    CHECK(final.value().has_value() == (std::string_view{octets} == "channel"));
}

TEST_CASE("Passwords are prepared: blanks, what nobody sees, and NFKC", "[sasl][rfc4013-2]") {
    struct Case { std::string typed, prepared; };
    const auto c = GENERATE(values<Case>({
        {"I\xc2\xadX", "IX"}, {"user", "user"}, {"USER", "USER"}, {"\xc2\xaa", "a"}, {"\xe2\x85\xa8", "IX"},
        {"a\xc2\xa0" "b", "a b"}, {"e\xcc\x81", "\xc3\xa9"}, {"a b\t", "a b\t"}, {"\xff", "\xff"}, {"", ""},
    }));
    CHECK(saslprep(c.typed) == c.prepared);
}

TEST_CASE("Keys are read as Dovecot writes them", "[sasl]") {
    const auto keys = derive_scram_keys("pencil", salt, 4096);
    const auto hash = "4096," + text::base64_encode(salt) + "," + text::base64_encode(keys.stored_key) + "," +
                      text::base64_encode(keys.server_key);
    const auto read = parse_scram_keys(hash);
    REQUIRE(read);
    CHECK(read->salt == salt);
    CHECK(read->iterations == 4096);
    CHECK(read->stored_key == keys.stored_key);
    CHECK(read->server_key == keys.server_key);
    for (const auto& wrong : std::vector<std::string> {std::string{}, std::string{","}, hash + ",", hash + "A", "0" + hash.substr(4), "x" + hash,
                                    "4294967297" + hash.substr(4), "10000001" + hash.substr(4), "4096,," + hash.substr(30)}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_scram_keys(wrong));
    }
}
