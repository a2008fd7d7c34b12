// SPDX-License-Identifier: ISC
// Starts a program for each connection as inetd does: the accepted socket is its fd 0 and 1.
#include "load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

extern char** environ;

namespace load {
namespace {

struct Listener {
    int fd;
    long port;
};

Listener listen_loopback() {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(fd, 1) != 0 ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
        die_errno("listen on loopback");
    return {fd, ntohs(address.sin_port)};
}

/// The program runs as who owns the site: no set-user-ID helper whose exec would be counted too.
void become(uid_t uid) {
    if (geteuid() == uid) return;
    if (setgroups(0, nullptr) != 0 || setgid(uid) != 0 || setuid(uid) != 0) die_errno("become " + std::to_string(uid));
}

pid_t start(const std::vector<std::string>& command, int socket, const std::string& log) {
    std::vector<char*> argv;
    for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, log.c_str(), O_WRONLY | O_APPEND | O_CREAT, 0600);
    pid_t pid = -1;
    errno = posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
    if (errno != 0) die_errno("start " + command.front());
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/// CPU of a process that sleeps: the first number of schedstat, in ns, is brought up to date when it leaves the CPU.
std::int64_t cpu_us_when_asleep(pid_t pid) {
    const std::string proc = "/proc/" + std::to_string(pid);
    for (int attempt = 0; attempt < 200; ++attempt) {
        const std::string stat = read_file(proc + "/stat");
        if (stat.compare(stat.rfind(')') + 2, 1, "S") == 0) return std::stoll(read_file(proc + "/schedstat")) / 1000;
        usleep(50);
    }
    die("the started program did not wait for input after its greeting");
}

std::int64_t microseconds(const timeval& t) { return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_usec; }

}  // namespace

/// --count --timeout --uid N --log FILE -- COMMAND…: wall and CPU until 220, and CPU of the whole process with QUIT.
int inetd(const Options& options) {
    if (options.command.empty()) die("inetd needs -- COMMAND");
    become(static_cast<uid_t>(options.number("uid")));
    const Listener listener = listen_loopback();
    std::vector<std::int64_t> greeted, cpu_greeted, cpu_whole;
    for (long i = options.number("count"); i > 0; --i) {
        const int client = connect_loopback(listener.port, options.number("timeout"));
        const int server = accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (server < 0) die_errno("accept");
        const std::int64_t began = now_us();
        const pid_t pid = start(options.command, server, options.text("log"));
        close(server);
        expect_reply(client, "220");
        greeted.push_back(now_us() - began);
        cpu_greeted.push_back(cpu_us_when_asleep(pid));
        write_all(client, "QUIT\r\n");
        read_to_eof(client);
        close(client);
        int status = 0;
        rusage usage{};
        if (wait4(pid, &status, 0, &usage) != pid || status != 0) die("the started program failed");
        cpu_whole.push_back(microseconds(usage.ru_utime) + microseconds(usage.ru_stime));
    }
    std::printf("{\"starts\": %zu, \"greeted_p50_us\": %ld, \"cpu_greeted_p50_us\": %ld, \"cpu_whole_p50_us\": %ld}\n",
                greeted.size(), percentile(greeted, 50), percentile(cpu_greeted, 50), percentile(cpu_whole, 50));
    return 0;
}

}  // namespace load
