// SPDX-License-Identifier: ISC
#include "load.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <sstream>

namespace load {

Options Options::parse(int argc, char** argv) {
    Options options;
    for (int i = 2; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--") {
            options.command.assign(argv + i + 1, argv + argc);
            break;
        }
        if (!word.starts_with("--") || i + 1 == argc) die("expected --name value, got " + std::string(word));
        options.values.emplace(word.substr(2), argv[++i]);
    }
    return options;
}

std::string Options::text(std::string_view name) const {
    const auto found = values.find(name);
    if (found == values.end()) die("missing --" + std::string(name));
    return found->second;
}

std::string Options::text(std::string_view name, std::string_view otherwise) const {
    const auto found = values.find(name);
    return found == values.end() ? std::string(otherwise) : found->second;
}

static long to_number(const std::string& text) {
    char* end = nullptr;
    const long number = std::strtol(text.c_str(), &end, 10);
    if (text.empty() || *end != '\0') die("not a number: " + text);
    return number;
}

long Options::number(std::string_view name) const { return to_number(text(name)); }

long Options::number(std::string_view name, long otherwise) const {
    return values.contains(name) ? number(name) : otherwise;
}

std::vector<std::string> Options::list(std::string_view name) const {
    std::vector<std::string> items;
    std::istringstream stream(text(name));
    for (std::string item; std::getline(stream, item, ',');) items.push_back(item);
    return items;
}

void die(const std::string& what) {
    std::fprintf(stderr, "load: %s\n", what.c_str());
    std::exit(1);
}

void die_errno(const std::string& what) { die(what + ": " + std::strerror(errno)); }

std::int64_t now_us() {
    timespec t{};
    clock_gettime(CLOCK_MONOTONIC, &t);
    return std::int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

static int loopback_socket(int flags) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0) die_errno("socket");
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void connect_to(int fd, long port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 && errno != EINPROGRESS)
        die_errno("connect to port " + std::to_string(port));
}

int connect_loopback(long port, long timeout_s) {
    const int fd = loopback_socket(0);
    const timeval timeout{timeout_s, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
    connect_to(fd, port);
    return fd;
}

int connect_loopback_nonblocking(long port) {
    const int fd = loopback_socket(SOCK_NONBLOCK);
    connect_to(fd, port);
    return fd;
}

void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n < 0) die_errno("send");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) die("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string expect_reply(int fd, std::string_view code) {
    std::string reply;
    std::size_t line = 0;  // where the last line begins
    for (;;) {
        char buffer[4096];
        const ssize_t n = read(fd, buffer, sizeof buffer);
        if (n <= 0) die("no reply, expected " + std::string(code) + ", so far: " + reply);
        reply.append(buffer, static_cast<std::size_t>(n));
        if (!reply.starts_with(code.substr(0, reply.size()))) die("expected " + std::string(code) + ", got: " + reply);
        for (auto end = reply.find('\n', line); end != std::string::npos; end = reply.find('\n', line)) {
            if (end - line < 4 || reply[line + 3] != '-') return reply;
            line = end + 1;
        }
    }
}

void read_to_eof(int fd) {
    char buffer[4096];
    while (read(fd, buffer, sizeof buffer) > 0) {
    }
}

std::int64_t percentile(std::vector<std::int64_t> values, int percent) {
    if (values.empty()) return 0;
    std::ranges::sort(values);
    return values[(values.size() - 1) * static_cast<std::size_t>(percent) / 100];
}

}  // namespace load

int main(int argc, char** argv) {
    struct Mode {
        std::string_view name;
        int (*run)(const load::Options&);
    };
    constexpr Mode modes[] = {
        {"smtp", load::smtp},   {"banner", load::banner}, {"idle", load::idle},
        {"inetd", load::inetd}, {"pop3", load::pop3},     {"commands", load::commands},
        {"imap", load::imap},   {"imap-connections", load::imap_connections}, {"imap-idle", load::imap_idle},
    };
    const std::string_view name = argc > 1 ? argv[1] : "";
    const auto* mode = std::ranges::find(modes, name, &Mode::name);
    if (mode == std::end(modes)) load::die("the first word is one of the modes in load.hpp");
    return mode->run(load::Options::parse(argc, argv));
}
