// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "base/files.hpp"
#include "store/dotlock.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using namespace std::chrono_literals;
using store::Dotlock;

namespace {

constexpr Dotlock::Rules once{.wait = 0ms, .stale = 120s};

/// A lock as another process may have left it, last touched `age` ago.
void leave_lock(const test::TempDir& home, const std::string& text, std::chrono::seconds age) {
    std::ofstream{home / "x.lock"} << text;
    const auto then = ::time(nullptr) - age.count();
    const timespec times[2] = {{then, 0}, {then, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (home / "x.lock").c_str(), times, 0) == 0);
}

std::string host() {
    char name[256] = {};
    ::gethostname(name, sizeof name - 1);
    return name;
}

pid_t dead_process() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    return child;
}

}  // namespace

TEST_CASE("A lock excludes, and goes with its owner", "[store]") {
    const test::TempDir home;
    const auto directory = open_directory(home.path());
    {
        const auto first = Dotlock::take(*directory, "x", once);
        REQUIRE(first);
        CHECK(read_file(home / "x.lock", 100) == std::to_string(::getpid()) + ":" + host());
        const auto second = Dotlock::take(*directory, "x", once);
        REQUIRE_FALSE(second);
        CHECK(second.error().fault == Fault::transient);
        CHECK(second.error().number == EAGAIN);
    }
    CHECK(Dotlock::take(*directory, "x", once));
}

TEST_CASE("Nobody sees a lock without its owner", "[store]") {
    const test::TempDir home;
    const auto directory = open_directory(home.path());
    if (!Fd{::open(home.path().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)}) return;  // a file system without unnamed files
    const auto until = std::chrono::steady_clock::now() + 200ms;
    const pid_t child = ::fork();
    if (child == 0) {
        while (std::chrono::steady_clock::now() < until + 1s) (void)Dotlock::take(*directory, "x", once);
        ::_exit(0);
    }
    std::size_t empty = 0;
    while (std::chrono::steady_clock::now() < until) empty += read_file(home / "x.lock", 100) == std::string{} ? 1 : 0;
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    CHECK(empty == 0);
}

TEST_CASE("A lock that somebody took over is not removed by the one who lost it", "[store]") {
    const test::TempDir home;
    const auto directory = open_directory(home.path());
    {
        const auto lost = Dotlock::take(*directory, "x", once);
        REQUIRE(lost);
        REQUIRE(unlink_at(*directory, "x.lock"));
        leave_lock(home, "1:elsewhere", 0s);
    }
    CHECK(read_file(home / "x.lock", 100) == "1:elsewhere");
}

TEST_CASE("Without a directory that can be written there is no lock, for good", "[store]") {
    const test::TempDir home;
    const auto directory = open_directory(home.path());
    const auto lock = Dotlock::take(*directory, "missing/x", once);
    REQUIRE_FALSE(lock);
    CHECK(lock.error().number == ENOENT);
}

TEST_CASE("Who may take over a lock, and when", "[store]") {
    const auto here = [](pid_t process) { return std::to_string(process) + ":" + host(); };
    const auto dead = here(dead_process());
    const auto alive = here(1);
    struct Case { std::string text; std::chrono::seconds age; Dotlock::Owner owner; bool stale; };
    const auto c = GENERATE_COPY(values<Case>({
        {dead, 0s, Dotlock::Owner::process, false},  // too young to be looked at
        {dead, 5s, Dotlock::Owner::process, true},
        {dead + "\n", 5s, Dotlock::Owner::process, true},
        {alive, 5s, Dotlock::Owner::process, false},
        {alive, 500s, Dotlock::Owner::process, false},
        {alive, 118s, Dotlock::Owner::toucher, false},
        {alive, 125s, Dotlock::Owner::toucher, true},
        {"1:elsewhere", 118s, Dotlock::Owner::process, false},
        {"1:elsewhere", 125s, Dotlock::Owner::process, true},
        {"", 118s, Dotlock::Owner::process, false},
        {"", 125s, Dotlock::Owner::process, true},
        {"garbage", 125s, Dotlock::Owner::process, true},
        {here(::getpid()), 5s, Dotlock::Owner::process, true},  // from before a restart
    }));
    CAPTURE(c.text, c.age.count());
    const test::TempDir home;
    const auto directory = open_directory(home.path());
    leave_lock(home, c.text, c.age);
    CHECK(Dotlock::take(*directory, "x", {.wait = 0ms, .stale = 120s, .owner = c.owner}).has_value() == c.stale);
}

TEST_CASE("A touched lock is young again", "[store]") {
    const test::TempDir home;
    const auto directory = open_directory(home.path());
    auto lock = Dotlock::take(*directory, "x", once);
    REQUIRE(lock);
    const timespec times[2] = {{1000, 0}, {1000, 0}};
    REQUIRE(::utimensat(AT_FDCWD, (home / "x.lock").c_str(), times, 0) == 0);
    REQUIRE(lock->touch());
    CHECK(status_at(*directory, "x.lock")->st_mtime > 1000);
}
