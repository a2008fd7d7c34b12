// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <string>

#include "sasl/password.hpp"

using namespace std::string_literals;
using mailpipe::sasl::cost_class;
using mailpipe::sasl::has_password;
using mailpipe::sasl::is_password;

// All made by Python's crypt and hashlib, for the password "tanstaaftanstaaf".
TEST_CASE("Of a plain password nothing is a mark", "[sasl]") {
    for (const std::string text : {"x", "*", "!", "!a", "*LK*"}) {
        CAPTURE(text);
        CHECK(has_password("{PLAIN}" + text));
        CHECK(is_password("{clear}" + text, text) == true);
        CHECK(is_password("{PLAIN}" + text, text + "x") == false);
    }
}

TEST_CASE("A password fits its own hash in every scheme, and only it does", "[sasl]") {
    const std::string stored = GENERATE(values<std::string>({
        "{SHA512-CRYPT}$6$rounds=1000$saltstring$uG2OgmwjPy06tWxouPxgZ.holQXVM6dH5/"
        "liPRWzSWLYqDm82Lq1N1iKgrT3XsyqwRJEzblwtfHxI8EkVMcXG0",
        "{sha512-crypt}$6$saltstring$jiaKavva7/lqATbirU9AOdgWny90a/VK5fWdF3wkfREPxp5TC1Ewv0vuuR71wRG4/EvGhJA0bP9aqywN8vfhT/",
        "{SHA256-CRYPT}$5$rounds=1000$saltstring$0masmfkcgNgt4mktOgkr7CEfSHRddnlNt9gytzpcQH.",
        "{MD5-CRYPT}$1$saltsalt$0TGMC0GOIUFLLQVcpB1LZ.",
        "{BLF-CRYPT}$2y$04$abcdefghijklmnopqrstuubfiOmsvTgpTMhATfs2zJzwk6p.WD0kS",
        "{CRYPT}$2b$04$abcdefghijklmnopqrstuubfiOmsvTgpTMhATfs2zJzwk6p.WD0kS",
        "{CRYPT}$y$j75$0123456789abcdefghijk/$xC6LCMO1xPsZe1/pPQRPp6/8PtiGlzegzMMLMDC2W36",
        "$y$j75$0123456789abcdefghijk/$xC6LCMO1xPsZe1/pPQRPp6/8PtiGlzegzMMLMDC2W36",
        "{PLAIN}tanstaaftanstaaf", "{cleartext}tanstaaftanstaaf",
        "{SSHA}6iLltiXNM/OU4WmjpwTkl/sFp6RhYmNk",
        "{SSHA256}aptKz5+m9adtdXDQ3wyuqYcxhP5kaakvBj0gEO7G4AlhYmNk",
        "{SSHA512}8gn+l63SG0peiUyXQr8lxdoTYcib2WYQsYQPLxoSnv2ZFHfghf5UB9Z+vrIlEp3nUftyHNeyOUybl24duMPon2FiY2Q=",
        "{SMD5}eoGLRfekUo0YuBCLl+6WsWFiY2Q=",
        "{SHA}HuBr0dbbiKEV0LCm4RYYIaf29J0=",
        "{SHA256}qaiXMtHAITyGmQjHmwWvrwODspMrrEN6KSrCT9cgKPE=",
        "{SHA512}MGeWgHmV9IMgkaYRUav7v2kRBWuhgmTTs5KKBQSeUWcXUYFqibTlbSZr2y+buYuH9LpIPtTVXWUsiVSEE8BSiw==",
        "{PLAIN-MD5}ddc037ad51193028024e43dc7e3237e0",
    }));
    CAPTURE(stored);
    CHECK(is_password(stored, "tanstaaftanstaaf") == true);
    for (const auto& wrong : {""s, "tanstaaftanstaag"s, "tanstaaftanstaa"s, "tanstaaftanstaaf "s, "tanstaaftanstaaf\0"s, "Tanstaaftanstaaf"s}) {
        CAPTURE(wrong);
        CHECK(is_password(stored, wrong) == false);
    }
}

TEST_CASE("Where no password is, none fits, not even an empty one", "[sasl]") {
    const std::string stored = GENERATE(values<std::string>({"", "x", "*", "!", "!!", "{CRYPT}", "{PLAIN}", "{CRYPT}*", "{SHA512-CRYPT}!$6$a$b", "*LK*"}));
    CAPTURE(stored);
    CHECK_FALSE(has_password(stored));
    CHECK(is_password(stored, "") == false);
    CHECK(is_password(stored, stored) == false);
}

TEST_CASE("What we don't know is a temporary error, never a wrong password", "[sasl]") {
    const std::string stored = GENERATE(values<std::string>({
        "{ARGON2ID}$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA", "{SCRAM-SHA-256}4096,AAAA,AAAA,AAAA", "{SSHA.HEX}00",
        "{CRYPT}$zz$what$is", "{SSHA}AAAA", "{SSHA}a*b*", "{NOPE}a", "{PLAIN",
    }));
    CAPTURE(stored);
    const auto got = is_password(stored, "a");
    REQUIRE_FALSE(got);
    CHECK(got.error().fault == mailpipe::Fault::transient);
}

TEST_CASE("A password of 511 octets is the longest that crypt takes; a longer one is wrong", "[sasl]") {
    const std::string stored = "{CRYPT}$6$rounds=1000$saltstring$uG2OgmwjPy06tWxouPxgZ.holQXVM6dH5/liPRWzSWLYqDm82Lq1N1iKgrT3XsyqwRJEzblwtfHxI8EkVMcXG0";
    CHECK(is_password(stored, std::string(511, 'a')) == false);
    CHECK(is_password(stored, std::string(512, 'a')) == false);
    CHECK(is_password("{PLAIN}" + std::string(2000, 'a'), std::string(2000, 'a')) == true);
}

TEST_CASE("The cost class leaves out salt and hash", "[sasl]") {
    struct Case { std::string stored, expected; };
    const auto c = GENERATE(values<Case>({
        {"{SHA512-CRYPT}$6$salt$hash", "$6$"}, {"$6$rounds=9000$salt$hash", "$6$rounds=9000$"}, {"$5$salt$hash", "$5$"},
        {"{BLF-CRYPT}$2y$10$saltandhash", "$2y$10$"}, {"$y$j9T$salt$hash", "$y$j9T$"}, {"{SSHA}AAAA", "{ssha}"},
        {"{PLAIN}a", "{plain}"}, {"abXYZ", "{}"}, {"$", "{}"}, {"$6", "{}"}, {"$y$a", "$y$a"},
    }));
    CHECK(cost_class(c.stored) == c.expected);
}
