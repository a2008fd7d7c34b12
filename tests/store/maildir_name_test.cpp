// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "store/maildir_name.hpp"

using namespace mailpipe::store;

TEST_CASE("A Maildir name tells identity, sizes and flags", "[store]") {
    using Size = std::optional<std::uint64_t>;
    struct Case { std::string_view name, base, unique; Size octets, wire; std::string_view flags; };
    const auto c = GENERATE(values<Case>({
        {"1700000000.M5P7Q1.mx", "1700000000.M5P7Q1.mx", "1700000000.M5P7Q1.mx", {}, {}, ""},
        {"1.M5P7.mx,S=12,W=34:2,FS", "1.M5P7.mx,S=12,W=34", "1.M5P7.mx", 12, 34, "FS"},
        {"1.M5P7V801I2a_3.mx,S=12", "1.M5P7V801I2a_3.mx,S=12", "1.M5P7V801I2a_3.mx", 12, {}, ""},  // Courier
        {"1.mx,W=34,S=12:2,", "1.mx,W=34,S=12", "1.mx", 12, 34, ""},
        {"1.mx,S=12:2,FSa,x:y", "1.mx,S=12", "1.mx", 12, {}, "FSa"},
        {"1.mx:1,exp", "1.mx", "1.mx", {}, {}, ""},        // an info that is not ours
        {"1.mx,S=12x,S=13", "1.mx,S=12x,S=13", "1.mx", 13, {}, ""},
        {"1.mx,S=", "1.mx,S=", "1.mx", {}, {}, ""},
        {"1.mx,S=-1", "1.mx,S=-1", "1.mx", {}, {}, ""},
        {"1.mx,S=18446744073709551615", "1.mx,S=18446744073709551615", "1.mx", UINT64_MAX, {}, ""},
        {"1.mx,S=18446744073709551616", "1.mx,S=18446744073709551616", "1.mx", {}, {}, ""},  // one more than fits
        {"1.mx:2,,S=5", "1.mx", "1.mx", {}, {}, ""},       // sizes stand before the colon
        {"", "", "", {}, {}, ""},
        {":2,S", "", "", {}, {}, "S"},
    }));
    CAPTURE(c.name);
    const auto got = parse_maildir_name(c.name);
    CHECK(got.base == c.base);
    CHECK(got.unique == c.unique);
    CHECK(got.octets() == c.octets);
    CHECK(got.wire_octets() == c.wire);
    CHECK(got.flags == c.flags);
}

TEST_CASE("New files are ordered by seconds, microseconds, then name", "[store]") {
    const auto before = [](std::string_view a, std::string_view b) {
        return arrived_before(parse_maildir_name(a), parse_maildir_name(b));
    };
    CHECK(before("9.M1P1.mx", "10.M0P1.mx"));
    CHECK(before("9.M1P1.mx", "9.M02P1.mx"));
    CHECK(before("9.M1P1.a", "9.M1P1.b"));
    CHECK_FALSE(before("9.M1P1.a", "9.M1P1.a"));
    CHECK(before("x", "1.mx"));
    CHECK(before("9.P1.M7", "9.M1P1.mx"));  // M of the host name is no time
}

TEST_CASE("Hidden names and names that begin with a colon are no messages", "[store]") {
    CHECK(is_message_name("1.mx"));
    for (const auto* name : {"", ".", ".nfs0001", ":2,S"}) CHECK_FALSE(is_message_name(name));
}

TEST_CASE("Flags are sorted, unknown ones and what follows them stay", "[store]") {
    CHECK(with_flags("1.mx", "") == "1.mx:2,");
    CHECK(with_flags("1.mx,S=1", "SF") == "1.mx,S=1:2,FS");
    CHECK(with_flags("1.mx:2,FS", "S", "F") == "1.mx:2,S");
    CHECK(with_flags("1.mx:2,PZc,more", "S", "P") == "1.mx:2,SZc,more");
    CHECK(with_flags("1.mx:1,x", "S") == "1.mx:2,S");
    CHECK(sized_name("1.mx", 10, 12) == "1.mx,S=10,W=12");
}
