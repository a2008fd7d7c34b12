// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include "base/clock.hpp"

using namespace mailpipe;

TEST_CASE("Log lines carry UTC with microseconds", "[base][rfc3339-5.6]") {
    CHECK(rfc3339(Time{std::chrono::microseconds{1795294402'123456}}) == "2026-11-21T20:53:22.123456Z");
    CHECK(rfc3339(Time{std::chrono::microseconds{1}}) == "1970-01-01T00:00:00.000001Z");
    CHECK(rfc3339(Time{std::chrono::microseconds{-1}}) == "1969-12-31T23:59:59.999999Z");
}

TEST_CASE("Unix seconds are whole ones, rounded down", "[base]") {
    CHECK(unix_seconds(Time{std::chrono::microseconds{1'999'999}}) == 1);
    CHECK(unix_seconds(Time{std::chrono::microseconds{-1}}) == -1);
}
