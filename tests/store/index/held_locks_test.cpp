// SPDX-License-Identifier: ISC
#include "store/index/held_locks.hpp"

#include <filesystem>

#include "base/files.hpp"
#include "support/catch.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;

TEST_CASE("All locks that are held are touched after ten seconds, not before", "[store][lock]") {
    const test::TempDir home;
    const auto directory = open_directory(home.path()).value();
    const auto long_ago = std::filesystem::file_time_type::clock::now() - 1h;
    const auto is_touched = [&](const std::string& name) { return std::filesystem::last_write_time(home / name) > long_ago + 30min; };

    store::HeldLocks locks;
    for (const auto* name : {"one", "two"}) {
        auto lock = store::Dotlock::take(directory, name, {.wait = 0ms, .stale = 120s});
        REQUIRE(lock);
        locks.add(std::move(*lock));
        std::filesystem::last_write_time(home / (std::string{name} + ".lock"), long_ago);
    }
    const auto now = std::chrono::steady_clock::now();
    locks.keep(now);
    CHECK_FALSE(is_touched("one.lock"));
    locks.keep(now + 10s);
    CHECK(is_touched("one.lock"));
    CHECK(is_touched("two.lock"));
    std::filesystem::last_write_time(home / "one.lock", long_ago);
    locks.keep(now + 19s);
    CHECK_FALSE(is_touched("one.lock"));
}
