// SPDX-License-Identifier: ISC
#include "base/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
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

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds longest_poll{60'000};

/// Waits for the process of that pidfd_open(2) handle, and takes what it says meanwhile.
bool ends_before(const Fd& handle, SteadyClock::time_point end, Hearing* hearing) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - SteadyClock::now());
        pollfd pollers[] = {{handle.number(), POLLIN, 0}, {hearing ? hearing->listener().number() : -1, POLLIN, 0}};
        ::poll(pollers, 2, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, longest_poll.count())));
        if (hearing) hearing->hear();
        if (pollers[0].revents != 0) return true;
        if (SteadyClock::now() >= end) return false;
    }
}

}  // namespace

std::string find_program(const std::string& name) {
    if (name.find('/') != name.npos) return name;
    char self[PATH_MAX];
    const auto n = ::readlink("/proc/self/exe", self, sizeof self);
    if (n <= 0 || n == sizeof self) return name;
    const std::string_view path{self, static_cast<std::size_t>(n)};
    auto beside = fmt::format("{}/{}", path.substr(0, path.rfind('/')), name);
    return ::access(beside.c_str(), X_OK) == 0 ? beside : name;
}

Error become_program(const std::vector<std::string>& arguments) {
    ::execvp(arguments[0].c_str(), pointers(arguments).data());
    return system_error(errno, fmt::format("start {}", arguments[0]));
}

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
    for (const int number : {SIGPIPE, SIGCHLD, SIGTERM, SIGHUP, SIGINT, SIGXFSZ}) sigaddset(&defaults, number);
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

Result<Hearing> Hearing::open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return failure(system_error(errno, "pipe"));
    Hearing hearing{Fd{ends[0]}, Fd{ends[1]}};
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return hearing;
}

void Hearing::hear() {
    std::array<char, 64 * 1024> buffer;  // what a pipe holds
    const auto n = ::read(listener_.number(), buffer.data(), buffer.size());
    if (n > 0) text_.append(buffer.data(), std::min(static_cast<std::size_t>(n), kept_octets - text_.size()));
}

Result<Ending> wait_for(pid_t process, std::chrono::milliseconds at_most, Hearing* hearing) {
    const Fd handle{static_cast<int>(::syscall(SYS_pidfd_open, process, 0))};
    const int trouble = !handle ? errno : ends_before(handle, SteadyClock::now() + at_most, hearing) ? 0 : ETIMEDOUT;
    // Also what it leaves behind. Where it has more rights than we, it goes on: to wait for that could take for ever.
    if (::kill(-process, SIGKILL) != 0 && trouble != 0) return failure(system_error(trouble, "wait for a program"));
    int raw = 0;
    while (::waitpid(process, &raw, 0) < 0) {
        if (errno != EINTR) return failure(system_error(errno, "wait for a program"));
    }
    if (trouble != 0) return failure(system_error(trouble, "wait for a program"));
    if (WIFSIGNALED(raw)) return Ending{{}, WTERMSIG(raw)};
    return Ending{WEXITSTATUS(raw), 0};
}

void hold_back(int signal) {
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, signal);
    ::sigprocmask(SIG_BLOCK, &held, nullptr);
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
