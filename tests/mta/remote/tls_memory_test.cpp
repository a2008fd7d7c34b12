// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include "mta/remote/tls_memory.hpp"
#include "support/spooled.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using mta::SeenTls;
using test::names_in;

namespace {

constexpr auto lifetime = std::chrono::seconds{mta::TlsMemory::lifetime}.count();

struct Site : test::SpoolSite {
    mta::TlsMemory memory{spool, clock};

    std::int64_t now() const { return unix_seconds(clock.now()); }
    std::vector<std::string> files() const { return names_in(spool.seen_tls()); }
    std::string path(const std::string& name) const { return spool.path() + "/tls/" + name; }
    std::string text(const std::string& name) const { return read_file(path(name), 1000).value(); }
    void put(const std::string& name, std::string_view text) const {
        ::unlinkat(spool.seen_tls().number(), name.c_str(), 0);
        REQUIRE(write_all(create_exclusive_at(spool.seen_tls(), name).value(), text));
    }
};

}  // namespace

TEST_CASE("What was seen of a domain is known to all who share the spool", "[mta][remote]") {
    Site site;
    CHECK(site.memory.level("example.org") == SeenTls::plain);
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    CHECK(site.text("example.org") == "encrypted 1700000000\n");
    CHECK(test::mode_of(site.path("example.org")) == 0600);
    const auto elsewhere = queue::Spool::open(site.spool.path()).value();
    mta::TlsMemory other{elsewhere, site.clock};
    CHECK(other.level("example.org") == SeenTls::encrypted);
    REQUIRE(other.saw("example.org", SeenTls::verified));
    CHECK(site.memory.level("example.org") == SeenTls::verified);
    CHECK(site.memory.level("www.example.org") == SeenTls::plain);
    CHECK(site.files() == std::vector<std::string>{"example.org"});
}

TEST_CASE("A lower level changes nothing, and plain is not written down", "[mta][remote]") {
    Site site;
    REQUIRE(site.memory.saw("example.org", SeenTls::plain));
    CHECK(site.files().empty());
    REQUIRE(site.memory.saw("example.org", SeenTls::verified));
    site.clock.advance(48h);
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    REQUIRE(site.memory.saw("example.org", SeenTls::plain));
    CHECK(site.text("example.org") == "verified 1700000000\n");
}

TEST_CASE("The same level is written down again after a day", "[mta][remote]") {
    Site site;
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    site.clock.advance(24h - 1s);
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    CHECK(site.text("example.org") == "encrypted 1700000000\n");
    site.clock.advance(1s);
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    CHECK(site.text("example.org") == "encrypted 1700086400\n");
}

TEST_CASE("A level counts for thirty days, whichever clock was wrong", "[mta][remote]") {
    Site site;
    REQUIRE(site.memory.saw("example.org", SeenTls::verified));
    const auto seen = site.now();
    for (const auto& [offset, counts] : {std::pair{lifetime - 1, true}, {lifetime, false}, {1 - lifetime, true}, {-lifetime, false}}) {
        CAPTURE(offset);
        site.clock.set(seen + offset);
        CHECK((site.memory.level("example.org") == SeenTls::verified) == counts);
    }
    site.clock.set(seen + lifetime);
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    CHECK(site.memory.level("example.org") == SeenTls::encrypted);
}

TEST_CASE("A domain has one file, however it is spelt, and no other name makes a path", "[mta][remote]") {
    struct Case {
        std::string_view domain, file;
    };
    const auto c = GENERATE(values<Case>({
        {"example.org", "example.org"},
        {"EXAMPLE.Org.", "example.org"},
        {"b\xc3\xbc" "cher.example", "xn--bcher-kva.example"},
        {"[192.0.2.1]", "%5b192.0.2.1%5d"},
        {"[IPv6:2001:DB8::1]", "%5bipv6%3a2001%3adb8%3a%3a1%5d"},
        {"../new/x", "%2e.%2fnew%2fx"},
        {".hidden", "%2ehidden"},
    }));
    CAPTURE(c.domain);
    Site site;
    REQUIRE(site.memory.saw(c.domain, SeenTls::encrypted));
    CHECK(site.files() == std::vector<std::string>{std::string{c.file}});
    CHECK(site.memory.level(c.domain) == SeenTls::encrypted);
}

TEST_CASE("A file that says nothing sensible counts as none, and is written anew", "[mta][remote]") {
    const auto text = GENERATE(values<std::string_view>({
        "", "\n", "verified", "verified\n", "verified \n", "verified 1700000000", "verified 1700000000 \n", "Verified 1700000000\n",
        "verified -1700000000\n", "verified 99999999999999999999\n", "verified 9223372036854775807\n", " 1700000000\n", "dane 1700000000\n",
        "verified 1700000000\nencrypted 1700000000\n",
        "verified 0000000000000000000000000000000000000000000000000000000000000000000000001700000000\n",
    }));
    CAPTURE(text);
    Site site;
    site.put("example.org", text);
    CHECK(site.memory.level("example.org") == SeenTls::plain);
    REQUIRE(site.memory.saw("example.org", SeenTls::encrypted));
    CHECK(site.memory.level("example.org") == SeenTls::encrypted);
}

TEST_CASE("A link in place of a file is not followed", "[mta][remote]") {
    Site site;
    site.put("real", "verified 1700000000\n");
    REQUIRE(::symlink("real", site.path("example.org").c_str()) == 0);
    CHECK(site.memory.level("example.org") == SeenTls::plain);
}

TEST_CASE("What can't be written down is a temporary error and leaves nothing", "[mta][remote]") {
    Site site;
    const auto too_long = site.memory.saw("[" + std::string(300, 'a') + "]", SeenTls::encrypted);
    REQUIRE_FALSE(too_long);
    CHECK(too_long.error().fault == Fault::transient);
    REQUIRE(::mkdir(site.path("example.org").c_str(), 0700) == 0);
    const auto taken = site.memory.saw("example.org", SeenTls::encrypted);
    REQUIRE_FALSE(taken);
    CHECK(taken.error().fault == Fault::transient);
    CHECK(site.files() == std::vector<std::string>{"example.org"});
}

TEST_CASE("Files older than thirty days are swept once a day, also what a crash has left", "[mta][remote]") {
    Site site;
    const auto age = [&](const std::string& name, std::int64_t by) {
        if (!status_at(site.spool.seen_tls(), name)) site.put(name, "verified 1700000000\n");
        REQUIRE(set_modified(open_read_at(site.spool.seen_tls(), name).value(), site.now() - by));
    };
    age("old.example", lifetime);
    age(".1.M0P1Q1.dead", lifetime);
    age("young.example", lifetime - 1);
    REQUIRE(site.memory.sweep());
    CHECK(site.files() == std::vector<std::string>{".swept", "young.example"});
    site.clock.advance(24h - 1s);
    REQUIRE(site.memory.sweep());
    CHECK(site.files() == std::vector<std::string>{".swept", "young.example"});
    site.clock.advance(1s);
    REQUIRE(site.memory.sweep());
    CHECK(site.files() == std::vector<std::string>{".swept"});
}

TEST_CASE("A sweep that is not possible is a temporary error", "[mta][remote]") {
    Site site;
    REQUIRE(::symlink("nowhere", site.path(".swept").c_str()) == 0);
    site.clock.set(unix_seconds(system_clock().now()) + 48 * 3600);
    const auto swept = site.memory.sweep();
    REQUIRE_FALSE(swept);
    CHECK(swept.error().fault == Fault::transient);
}
