// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <cstdlib>
#include <set>

#include "queue/schedule.hpp"

using namespace mailpipe::queue;

TEST_CASE("Waits double from the first to the longest, a tenth more or less", "[queue][rfc5321-4.5.4.1]") {
    const Schedule schedule;
    struct Case { std::int64_t age, wait; };
    const auto c = GENERATE(values<Case>({{-1000, 900}, {0, 900}, {900, 900}, {1800, 1800}, {7200, 7200}, {14400, 14400}, {86400, 14400}}));
    CAPTURE(c.age);
    const std::int64_t now = 1'700'000'000;
    for (const char* id : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
        const auto wait = next_try(schedule, now - c.age, now, id) - now;
        CHECK(std::abs(wait - c.wait) <= c.wait / 10);
    }
}

TEST_CASE("A host's hint is kept to: a few seconds and up to a tenth more, never less", "[queue]") {
    const Schedule schedule;
    struct Case { std::int64_t age, hint, wait; };
    const auto c = GENERATE(values<Case>({{-1000, 300, 300}, {0, 10, 10}, {0, 300, 300}, {3000, 300, 300}, {30000, 300, 3000},
                                          {200000, 300, 14400}, {0, 86400, 86400}, {200000, 86400, 86400}}));
    CAPTURE(c.age, c.hint);
    const std::int64_t now = 1'700'000'000;
    std::set<std::int64_t> waits;
    for (int n = 0; n < 100; ++n) waits.insert(hinted_try(schedule, now - c.age, now, std::chrono::seconds{c.hint}, std::to_string(n)) - now);
    CHECK(*waits.begin() >= c.wait + 3);
    CHECK(*waits.rbegin() <= c.wait + 3 + c.wait / 10);
    CHECK(waits.size() >= std::min<std::size_t>(20, static_cast<std::size_t>(c.wait) / 10));
}

TEST_CASE("A host that always gives a hint of ten seconds is not asked for ever", "[queue]") {
    const Schedule schedule;
    int tries = 0;
    for (std::int64_t now = 0; !has_expired(schedule, 0, now); ++tries) now = hinted_try(schedule, 0, now, std::chrono::seconds{10}, "x");
    CHECK(tries < 100);
}

TEST_CASE("What failed together does not come back together", "[queue]") {
    std::set<std::int64_t> tries;
    for (int n = 0; n < 100; ++n) tries.insert(next_try({}, 0, 10000, "1.M" + std::to_string(n) + "P1Q1.host"));
    CHECK(tries.size() > 50);
}

TEST_CASE("What is due later than it could be is due now: some clock was wrong", "[queue]") {
    const Schedule schedule;
    const std::int64_t now = 1'700'000'000;
    const std::int64_t latest = now + 5 * 86400;
    CHECK(is_due(schedule, 0, now));
    CHECK(is_due(schedule, now, now));
    CHECK_FALSE(is_due(schedule, now + 1, now));
    CHECK_FALSE(is_due(schedule, latest, now));
    CHECK(is_due(schedule, latest + 1, now));
    CHECK(is_due(schedule, now + 5 * 365 * 86400, now));
    for (int n = 0; n < 1000; ++n) CHECK_FALSE(is_due(schedule, next_try(schedule, 0, now, std::to_string(n)), now));
}

TEST_CASE("The last try comes at the end of the lifetime, and then no more", "[queue]") {
    using namespace std::chrono_literals;
    const Schedule schedule{60s, 3600s, 7200s};
    CHECK(next_try(schedule, 0, 7000, "x") == 7200);
    CHECK(hinted_try(schedule, 0, 7000, 300s, "x") == 7200);
    CHECK_FALSE(has_expired(schedule, 0, 7199));
    CHECK(has_expired(schedule, 0, 7200));
    std::int64_t now = 0;
    int tries = 1;
    for (; !has_expired(schedule, 0, now); ++tries) {
        const auto due = next_try(schedule, 0, now, "x");
        REQUIRE(due > now);
        now = due;
    }
    CHECK(now == 7200);
    CHECK(tries < 12);
}
