// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

#include "base/files.hpp"
#include "store/watch.hpp"
#include "support/temp_dir.hpp"

using namespace mailpipe;
using store::Watch;
using Means = Watch::Means;
using Ids = std::vector<Watch::Id>;

namespace {

struct Folder {
    explicit Folder(std::string root) : path(std::move(root)) {
        for (const char* name : {"", "/new", "/cur", "/tmp"}) ::mkdir((path + name).c_str(), 0700);
        in_new = open_directory(path + "/new").value();
        in_cur = open_directory(path + "/cur").value();
    }
    void create(const std::string& name) const { Fd{::open((path + name).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)}; }
    void rename(const std::string& from, const std::string& to) const { ::rename((path + from).c_str(), (path + to).c_str()); }
    void unlink(const std::string& name) const { ::unlink((path + name).c_str()); }

    std::string path;
    Fd in_new, in_cur;
};

bool wakes(const Watch& watch, int milliseconds) {
    std::vector<pollfd> pollers;
    for (const int descriptor : watch.descriptors()) pollers.push_back({descriptor, POLLIN, 0});
    return ::poll(pollers.data(), pollers.size(), milliseconds) > 0;
}

}  // namespace

TEST_CASE("Names that come into any directory, or go, are told", "[store][rfc5465-5.4]") {
    const auto means = GENERATE(Means::inotify, Means::dnotify);
    const test::TempDir dir;
    const Folder folder{dir / "m"};
    Watch watch{means};
    REQUIRE(watch.add(5, open_directory(folder.path).value()) == means);
    folder.create("/new/1");
    CHECK(watch.drain().empty());
    folder.create("/subscriptions");
    CHECK(watch.drain() == Ids{5});
    folder.rename("/tmp", "/.Work");
    CHECK(watch.drain() == Ids{5});
    watch.remove(5);
    folder.create("/other");
    CHECK(watch.drain().empty());
}

TEST_CASE("What comes into a folder, goes or gets other flags is told, and nothing else", "[store][rfc2177]") {
    const auto means = GENERATE(Means::inotify, Means::dnotify);
    const test::TempDir dir;
    const Folder folder{dir / "m"};
    folder.create("/tmp/2");
    Watch watch{means};
    CHECK(watch.descriptors().empty());
    REQUIRE(watch.add(7, folder.in_new, folder.in_cur) == means);
    CHECK(watch.descriptors().size() == 1);
    CHECK(watch.drain().empty());

    folder.create("/tmp/1");
    folder.unlink("/tmp/1");
    CHECK_FALSE(wakes(watch, 20));
    const auto told = [&] {
        CHECK(wakes(watch, 10'000));
        const bool is_told = watch.drain() == Ids{7};
        CHECK_FALSE(wakes(watch, 0));
        CHECK(watch.drain().empty());
        return is_told;
    };
    folder.rename("/tmp/2", "/new/2");
    CHECK(told());
    folder.create("/new/3");
    CHECK(told());
    folder.rename("/new/3", "/cur/3:2,S");
    CHECK(told());
    folder.rename("/cur/3:2,S", "/cur/3:2,ST");
    CHECK(told());
    folder.unlink("/cur/3:2,ST");
    CHECK(told());
}

TEST_CASE("A watch tells which of many folders have changed, each once", "[store][rfc5465]") {
    const auto means = GENERATE(Means::inotify, Means::dnotify);
    const test::TempDir dir;
    const Folder one{dir / "1"}, two{dir / "2"}, three{dir / "3"};
    Watch watch{means};
    REQUIRE(watch.add(3, three.in_new, three.in_cur) == means);
    REQUIRE(watch.add(1, one.in_new, one.in_cur) == means);
    REQUIRE(watch.add(2, two.in_new, two.in_cur) == means);
    for (int i = 0; i < 100; ++i) {
        three.create("/new/" + std::to_string(i));
        one.create("/cur/" + std::to_string(i));
    }
    CHECK(watch.drain() == Ids{1, 3});

    watch.remove(3);
    three.create("/new/x");
    two.create("/new/x");
    CHECK(watch.drain() == Ids{2});
    watch.remove(1);
    watch.remove(2);
    watch.remove(9);
    CHECK(watch.descriptors().empty());
}

TEST_CASE("One folder under two ids is told as both, and goes on as the other", "[store]") {
    const auto means = GENERATE(Means::inotify, Means::dnotify);
    const test::TempDir dir;
    const Folder folder{dir / "m"};
    Watch watch{means};
    REQUIRE(watch.add(1, folder.in_new, folder.in_cur) == means);
    REQUIRE(watch.add(2, folder.in_new, folder.in_cur) == means);
    folder.create("/new/1");
    CHECK(watch.drain() == Ids{1, 2});
    watch.remove(1);
    folder.create("/new/2");
    CHECK(watch.drain() == Ids{2});
}

TEST_CASE("Where inotify has run out dnotify is found, and without descriptors nothing", "[store]") {
    const test::TempDir dir;
    const Folder folder{dir / "m"};
    // In a process of its own: what is taken away there is missed by nobody.
    const auto found_in_child = [&](bool (*take_away)(const Folder&)) {
        const pid_t child = ::fork();
        if (child == 0) {
            if (!take_away(folder)) ::_exit(99);
            Watch watch;
            const auto means = watch.add(1, folder.in_new, folder.in_cur);
            folder.create("/new/1");
            const bool is_heard = means == Means::none ? watch.descriptors().empty() : watch.drain() == Ids{1};
            ::_exit(is_heard ? static_cast<int>(means) : 98);
        }
        int ended = -1;
        REQUIRE(::waitpid(child, &ended, 0) == child);
        return WEXITSTATUS(ended);
    };
    CHECK(found_in_child([](const Folder& used) {
        rlimit few{};
        ::getrlimit(RLIMIT_NOFILE, &few);
        few.rlim_cur = static_cast<rlim_t>(::fcntl(used.in_new.number(), F_DUPFD, 0)) + 1;
        return ::setrlimit(RLIMIT_NOFILE, &few) == 0;
    }) == static_cast<int>(Means::none));

    const int means = found_in_child([](const Folder&) {
        if (::unshare(CLONE_NEWUSER) != 0) return false;
        const Fd limit{::open("/proc/sys/user/max_inotify_instances", O_WRONLY | O_CLOEXEC)};
        return limit && ::write(limit.number(), "0", 1) == 1;
    });
    if (means == 99) {
        WARN("skipped: no user namespace to take inotify away in");
    } else {
        CHECK(means == static_cast<int>(Means::dnotify));
    }
    Watch none{Means::none};
    CHECK(none.add(1, folder.in_new, folder.in_cur) == Means::none);
    CHECK(none.drain().empty());
}

TEST_CASE("Signals that the kernel could not queue make every folder a changed one", "[store]") {
    const test::TempDir dir;
    const Folder one{dir / "1"}, two{dir / "2"};
    Watch watch{Means::dnotify};
    REQUIRE(watch.add(1, one.in_new, one.in_cur) == Means::dnotify);
    REQUIRE(watch.add(2, two.in_new, two.in_cur) == Means::dnotify);
    REQUIRE(::kill(::getpid(), SIGIO) == 0);
    CHECK(watch.drain() == Ids{1, 2});
    one.create("/new/1");
    CHECK(watch.drain() == Ids{1});
}
