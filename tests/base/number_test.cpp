// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <optional>

#include "base/number.hpp"

using namespace mailpipe;

TEST_CASE("A number is 1 to 20 digits that fit in 64 bits", "[base]") {
    struct Case { std::string_view text; std::optional<std::uint64_t> number; };
    const auto c = GENERATE(values<Case>({
        {"0", 0}, {"00000000000000000007", 7}, {"18446744073709551615", UINT64_MAX},
        {"18446744073709551616", {}},   // one more than fits
        {"000000000000000000007", {}},  // 21 digits
        {"", {}}, {"-1", {}}, {"+1", {}}, {"1 ", {}}, {"0x1", {}}, {"1e3", {}},
    }));
    CAPTURE(c.text);
    const auto got = parse_number(c.text, "size");
    REQUIRE(got.has_value() == c.number.has_value());
    if (got) {
        CHECK(*got == *c.number);
    } else {
        CHECK(got.error().fault == Fault::permanent);
        CHECK(got.error().what == "'" + std::string(c.text) + "' is not a size");
    }
}

TEST_CASE("A number is taken off the front, or nothing is", "[base]") {
    struct Case { std::string_view text; std::optional<std::int64_t> number; std::string_view rest; };
    const auto c = GENERATE(values<Case>({
        {"12 x", 12, " x"}, {"-12,", -12, ","}, {"9223372036854775807", INT64_MAX, ""}, {"007", 7, ""},
        {"9223372036854775808", {}, "9223372036854775808"}, {" 1", {}, " 1"}, {"+1", {}, "+1"}, {"-", {}, "-"}, {"", {}, ""},
    }));
    CAPTURE(c.text);
    auto rest = c.text;
    CHECK(take_number<std::int64_t>(rest) == c.number);
    CHECK(rest == c.rest);
    CHECK(to_number<std::int64_t>(c.text) == (c.rest.empty() ? c.number : std::nullopt));
}

TEST_CASE("A number without a sign has none, and fits", "[base]") {
    CHECK(to_number<std::uint32_t>("4294967295") == UINT32_MAX);
    CHECK_FALSE(to_number<std::uint32_t>("4294967296"));
    CHECK_FALSE(to_number<std::uint32_t>("-1"));
}

TEST_CASE("Octets are counted by B, K, M, G and T", "[base]") {
    struct Case { std::string_view text; std::optional<std::uint64_t> octets; };
    const auto c = GENERATE(values<Case>({
        {"5", 5 * 1024}, {"5b", 5}, {"5K", 5 * 1024}, {"10M", 10 << 20}, {"2g", 2ULL << 30}, {"16777215T", 16777215ULL << 40},
        {"18446744073709551615B", UINT64_MAX}, {"18446744073709551616B", {}}, {"16777216T", {}}, {"18014398509481984", {}},
        {"", {}}, {"M", {}}, {"10X", {}}, {"-1", {}}, {"1MB", {}}, {"1 M", {}},
    }));
    CAPTURE(c.text);
    CHECK(parse_octets(c.text, 1024) == c.octets);
}
