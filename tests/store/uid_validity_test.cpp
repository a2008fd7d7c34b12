// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fstream>

#include "base/files.hpp"
#include "store/uid_validity.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;

namespace {

struct FixedClock final : Clock {
    Time now() const override { return Time{std::chrono::seconds{0x5661d630}}; }
};

void touch(const std::string& path, const std::string& text = {}) { std::ofstream{path} << text; }

}  // namespace

TEST_CASE("The first UIDVALIDITY is the time, and then one more for each folder", "[store]") {
    const test::TempDir home;
    const auto root = open_directory(home.path());
    CHECK(store::next_uid_validity(*root, FixedClock{}) == 0x5661d630);
    CHECK(read_file(home / "dovecot-uidvalidity", 20) == "5661d630");
    CHECK(status_at(*root, "dovecot-uidvalidity.5661d630"));
    CHECK(store::next_uid_validity(*root, FixedClock{}) == 0x5661d631);
    CHECK(read_file(home / "dovecot-uidvalidity", 20) == "5661d631");
    CHECK_FALSE(status_at(*root, "dovecot-uidvalidity.5661d630"));
}

TEST_CASE("Dovecot's file is used, and mended by its marker", "[store]") {
    struct Case { std::string digits, marker; std::uint32_t next; };
    const auto c = GENERATE(values<Case>({
        {"70000000", "70000000", 0x70000001},
        {"6fffffff", "70000000", 0x70000001},  // another one counted just now
        {"60000000", "70000000", 0x70000001},
        {"broken", "70000000", 0x70000001},
        {"", "00000010", 0x11},
        {"70000000", "", 0x5661d630},
    }));
    CAPTURE(c.digits, c.marker);
    const test::TempDir home;
    touch(home / "dovecot-uidvalidity", c.digits);
    if (!c.marker.empty()) touch(home / ("dovecot-uidvalidity." + c.marker));
    touch(home / "dovecot-uidvalidity.no");
    CHECK(store::next_uid_validity(*open_directory(home.path()), FixedClock{}) == c.next);
}
