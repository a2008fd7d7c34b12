// SPDX-License-Identifier: ISC
#include "base/process.hpp"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fmt/format.h>

extern char** environ;

namespace mailpipe {

namespace {

std::vector<std::string> merged_environment(const std::vector<std::string>& added) {
    const auto name = [](std::string_view entry) { return entry.substr(0, entry.find('=')); };
    std::vector<std::string> merged = added;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const auto replaced = std::ranges::any_of(added, [&](const auto& a) { return name(a) == name(*entry); });
        if (!replaced) merged.emplace_back(*entry);
    }
    return merged;
}

std::vector<char*> pointers(const std::vector<std::string>& strings) {
    std::vector<char*> out;
    out.reserve(strings.size() + 1);
    for (const auto& s : strings) out.push_back(const_cast<char*>(s.c_str()));
    out.push_back(nullptr);
    return out;
}

}  // namespace

Result<pid_t> start(const Program& program) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    for (const auto& [ours, theirs] : program.descriptors) posix_spawn_file_actions_adddup2(&actions, ours, theirs);

    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int number : {SIGPIPE, SIGCHLD, SIGTERM, SIGHUP, SIGINT}) sigaddset(&defaults, number);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);

    const auto environment = merged_environment(program.environment);
    pid_t process = -1;
    const int error = posix_spawnp(&process, program.arguments[0].c_str(), &actions, &attributes,
                                   pointers(program.arguments).data(), pointers(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return failure(system_error(error, fmt::format("start {}", program.arguments[0])));
    return process;
}

Result<Ending> wait_for(pid_t process, std::chrono::milliseconds at_most) {
    const Fd handle{static_cast<int>(::syscall(SYS_pidfd_open, process, 0))};
    bool late = false;
    if (handle) {
        pollfd poller{handle.number(), POLLIN, 0};
        int ready = 0;
        do {
            ready = ::poll(&poller, 1, static_cast<int>(at_most.count()));
        } while (ready < 0 && errno == EINTR);
        late = ready == 0;
        // Where it has more rights than we, it goes on: to wait for that could take for ever.
        if (late && ::kill(-process, SIGKILL) != 0) return failure(system_error(ETIMEDOUT, "wait for a program"));
    }
    int raw = 0;
    while (::waitpid(process, &raw, 0) < 0) {
        if (errno != EINTR) return failure(system_error(errno, "wait for a program"));
    }
    if (late) return failure(system_error(ETIMEDOUT, "wait for a program"));
    if (WIFSIGNALED(raw)) return Ending{{}, WTERMSIG(raw)};
    return Ending{WEXITSTATUS(raw), 0};
}

std::optional<Fault> fault_of(const Ending& ending) {
    if (!ending.exit_status) return Fault::transient;
    switch (*ending.exit_status) {
        case 0: return std::nullopt;
        case 71:   // EX_OSERR
        case 74:   // EX_IOERR
        case 75:   // EX_TEMPFAIL
        case 126:  // a shell's "cannot be executed"
        case 127:  // and "not found": they say nothing of the message
            return Fault::transient;
        default: return Fault::permanent;
    }
}

}  // namespace mailpipe
