// SPDX-License-Identifier: ISC
#include "support/catch.hpp"

#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

#include "base/privileges.hpp"

using mailpipe::drop_privileges;

namespace {

/// What `body` gives in a process of its own: 0 to 255.
int in_child(const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(body());
    int raw = 0;
    ::waitpid(child, &raw, 0);
    return WIFEXITED(raw) ? WEXITSTATUS(raw) : 256;
}

bool is_root() { return ::geteuid() == 0; }

}  // namespace

TEST_CASE("Whoever is not root keeps what he has", "[base]") {
    const auto keep = [] { return drop_privileges("no-such-user-here") && drop_privileges(0, 0) ? 7 : 1; };
    CHECK(in_child([&] { return is_root() && ::setresuid(65534, 65534, 65534) != 0 ? 2 : keep(); }) == 7);
}

TEST_CASE("Root becomes a user for good, with that user's groups", "[base]") {
    if (!is_root()) {
        WARN("skipped: not root");
        return;
    }
    const passwd* daemon = ::getpwnam("daemon");
    REQUIRE(daemon != nullptr);
    const uid_t uid = daemon->pw_uid;
    const gid_t gid = daemon->pw_gid;
    CHECK(in_child([&] {
              if (!drop_privileges("daemon")) return 1;
              gid_t groups[64];
              const int count = ::getgroups(64, groups);
              if (std::count(groups, groups + count, 0) != 0) return 2;
              if (::getuid() != uid || ::geteuid() != uid || ::getgid() != gid || ::getegid() != gid) return 3;
              return ::setuid(0) == 0 || ::setgid(0) == 0 ? 4 : 7;
          }) == 7);
}

TEST_CASE("Root becomes a mailbox's owner, with one group", "[base]") {
    if (!is_root()) {
        WARN("skipped: not root");
        return;
    }
    CHECK(in_child([] {
              if (!drop_privileges(12345, 23456)) return 1;
              gid_t group = 0;
              if (::getgroups(1, &group) != 1 || group != 23456) return 2;
              return ::getuid() == 12345 && ::getegid() == 23456 && ::setuid(0) != 0 ? 7 : 3;
          }) == 7);
    CHECK(in_child([] { return drop_privileges(65534, std::nullopt) && ::getgid() == 65534 ? 7 : 1; }) == 7);
}

TEST_CASE("Nobody becomes root, or somebody who is not there", "[base]") {
    if (!is_root()) {
        WARN("skipped: not root");
        return;
    }
    CHECK_FALSE(drop_privileges("root"));
    CHECK_FALSE(drop_privileges(0, 1000));
    CHECK_FALSE(drop_privileges(1000, 0));
    CHECK_FALSE(drop_privileges(987654, std::nullopt));
    const auto missing = drop_privileges("no-such-user-here");
    REQUIRE_FALSE(missing);
    CHECK(missing.error().what == "no user 'no-such-user-here' to run as");
    CHECK(exit_status(missing.error()) == mailpipe::ExitStatus::configuration);
    CHECK(::geteuid() == 0);
}
