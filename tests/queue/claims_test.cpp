// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/files.hpp"
#include "queue/claims.hpp"
#include "support/directory.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using queue::Claims;
using queue::Spool;
using test::names_in;

namespace {

const mail::Envelope to_bob{mail::Mailbox{"a", "a.example"}, {}, {}, false, false, {{{"bob", "b.example"}}}};

struct Site {
    test::TempDir temp;
    test::FakeClock clock;
    Spool spool = Spool::open(temp / "spool").value();

    std::string add(const std::string& id) {
        auto message = spool.begin(id, to_bob).value();
        REQUIRE(message.write("Received: x\n"));
        REQUIRE(message.commit());
        return to_string(queue::FileName{id, message.octets(), message.wire_octets()});
    }
    Claims claims(std::string_view host = "here") { return Claims::open(spool, host, clock.now()).value(); }
    Fd claimer(const std::string& name) {
        REQUIRE(::mkdirat(spool.claims().number(), name.c_str(), 0700) == 0);
        return open_directory_at(spool.claims(), name).value();
    }
};

}  // namespace

TEST_CASE("Of two that want a message one gets it", "[queue]") {
    Site site;
    auto claims = site.claims("here");
    auto others = site.claims("there");
    const auto name = site.add("1.h");
    CHECK(claims.take(site.spool.new_messages(), name).value());
    CHECK_FALSE(others.take(site.spool.new_messages(), name).value());
    CHECK(names_in(claims.directory()) == std::vector{name});
}

TEST_CASE("A claimed message goes back with its time, to hold, or away", "[queue]") {
    Site site;
    auto claims = site.claims();
    const auto name = site.add("1.h");
    REQUIRE(claims.take(site.spool.new_messages(), name).value());
    REQUIRE(claims.put_back(*queue::parse_file_name(name), 42));
    REQUIRE(names_in(site.spool.waiting()) == std::vector{name + ":1,42"});

    REQUIRE(claims.take(site.spool.waiting(), name + ":1,42").value());
    REQUIRE(claims.put_back(*queue::parse_file_name(name + ":1,42"), 43));
    REQUIRE(claims.take(site.spool.waiting(), name + ":1,43").value());
    REQUIRE(claims.hold(name + ":1,43"));
    CHECK(names_in(site.spool.held()) == std::vector{name + ":1,43"});

    const auto other = site.add("2.h");
    REQUIRE(claims.take(site.spool.new_messages(), other).value());
    REQUIRE(claims.remove(*queue::parse_file_name(other)));
    CHECK(names_in(claims.directory()).empty());
}

TEST_CASE("A claimer's directory goes with it, unless something is in it", "[queue]") {
    Site site;
    { auto claims = site.claims(); }
    CHECK(names_in(site.spool.claims()).empty());
    {
        auto claims = site.claims();
        REQUIRE(claims.take(site.spool.new_messages(), site.add("1.h")).value());
    }
    CHECK(names_in(site.spool.claims()).size() == 1);
    auto claims = site.claims();  // the same process comes again
    CHECK(names_in(claims.directory()).empty());
    CHECK(names_in(site.spool.waiting()).size() == 1);
}

TEST_CASE("What a dead claimer of this host left is due now", "[queue]") {
    Site site;
    auto claims = site.claims("my.host");
    const auto name = site.add("1.h");
    const auto dead = site.claimer("my.host." + std::to_string(::getpid()) + ".1");  // our pid, another start
    REQUIRE(rename_at(site.spool.new_messages(), name, dead, name));
    CHECK(claims.recover(site.clock.now()).value() == 1);
    CHECK(names_in(site.spool.waiting()) == std::vector{name + ":1,1700000000"});
    CHECK(names_in(site.spool.claims()).size() == 1);
}

TEST_CASE("A living claimer of this host keeps what it has, however long it is silent", "[queue]") {
    Site site;
    auto claims = site.claims("my.host");
    REQUIRE(claims.take(site.spool.new_messages(), site.add("1.h")).value());
    REQUIRE(set_modified(claims.directory(), 1'000'000'000));
    CHECK(site.claims("third").recover(site.clock.now()).value() == 1);  // for another host it is dead by now
    CHECK(claims.recover(site.clock.now()).value() == 0);
}

TEST_CASE("A claimer of another host is dead after half an hour of silence, whatever our clock says", "[queue]") {
    Site site;
    auto claims = site.claims();
    const auto name = site.add("1.h");
    const auto other = site.claimer("there.12.34");
    REQUIRE(rename_at(site.spool.new_messages(), name, other, name));
    const auto files_time = status(claims.directory()).value().st_mtime;
    site.clock.set(4'000'000'000);
    REQUIRE(set_modified(other, files_time - 30 * 60 + 30));
    CHECK(claims.recover(site.clock.now()).value() == 0);
    REQUIRE(set_modified(other, files_time - 30 * 60 - 1));
    CHECK(claims.recover(site.clock.now()).value() == 1);
}

TEST_CASE("A claimer of this host that exists and can't be looked at lives", "[queue]") {
    if (::geteuid() != 0) return;  // only root can make one
    Site site;
    auto claims = site.claims("here");
    const auto name = site.add("1.h");
    const auto other = site.claimer("here.1.99999999999");  // init, had it been started much later
    REQUIRE(rename_at(site.spool.new_messages(), name, other, name));
    const auto hidden = ::fork();
    if (hidden == 0) {
        // A /proc without processes, as hidepid makes it.
        const bool covered = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                             ::mount("none", "/proc", "tmpfs", 0, nullptr) == 0;
        const auto taken = claims.recover(site.clock.now());
        ::_exit(!covered ? 77 : taken && *taken == 0 ? 0 : 1);
    }
    int ended = 0;
    REQUIRE(::waitpid(hidden, &ended, 0) == hidden);
    if (WEXITSTATUS(ended) == 77) return;  // not allowed here
    CHECK(WEXITSTATUS(ended) == 0);
    CHECK(claims.recover(site.clock.now()).value() == 1);
}

TEST_CASE("Who was taken for dead by another host goes on", "[queue]") {
    Site site;
    auto claims = site.claims("here");
    REQUIRE(claims.take(site.spool.new_messages(), site.add("1.h")).value());
    REQUIRE(set_modified(claims.directory(), 1'000'000'000));
    REQUIRE(site.claims("there").recover(site.clock.now()).value() == 1);
    REQUIRE(names_in(site.spool.claims()).empty());
    if (GENERATE(true, false)) CHECK(claims.recover(site.clock.now()).value() == 0);

    const auto name = site.add("2.h");
    CHECK(claims.take(site.spool.new_messages(), name).value());
    CHECK(names_in(claims.directory()) == std::vector{name});
    CHECK_FALSE(claims.take(site.spool.new_messages(), name).value());
}

TEST_CASE("Directories of no claimer are left alone", "[queue]") {
    Site site;
    auto claims = site.claims();
    for (const std::string name : {"x", "1.2", ".1.2", "h.x.1", "h.1.x", "here.0.1", "here.4294967296.1"}) site.claimer(name);
    site.clock.set(4'000'000'000);
    CHECK(claims.recover(site.clock.now()).value() == 0);
    CHECK(names_in(site.spool.claims()).size() == 8);
}
