// SPDX-License-Identifier: ISC
// Many SMTP clients in one thread, each sending one command at a time as Postfix's smtp-source does,
// and the Maildirs watched with inotify, so that the moment of the last file is seen and not polled for.
#include "load.hpp"

#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace load {
namespace {

enum class Awaits { greeting, ehlo, mail, rcpt, data, stored, goodbye };

struct Client {
    int fd = -1;
    Awaits awaits = Awaits::greeting;
    long left = 0;  // messages still to send over this connection, the present one counted
    std::string in;
    std::string_view out;  // what the socket did not take yet
    std::string command;   // owns what out shows, unless that is the message
    std::int64_t began = 0;
};

struct Run {
    long port, per_connection, messages;
    std::string message;  // dot-stuffed, CRLF, with the final dot
    std::vector<std::string> recipients;
    int epoll = -1;
    long begun = 0, addressed = 0, accepted = 0, stored = 0, connections = 0;
    std::int64_t first_connect = 0, last_accepted = 0, last_stored = 0;
    std::vector<std::int64_t> session_us{};  // MAIL until the 250 after the dot
};

void watch_socket(Run& run, Client& client, int operation, bool for_writing) {
    epoll_event event{};
    event.events = EPOLLIN | (for_writing ? EPOLLOUT : 0u);
    event.data.ptr = &client;
    if (epoll_ctl(run.epoll, operation, client.fd, &event) != 0) die_errno("epoll_ctl");
}

void flush(Run& run, Client& client) {
    while (!client.out.empty()) {
        const ssize_t n = send(client.fd, client.out.data(), client.out.size(), MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) return watch_socket(run, client, EPOLL_CTL_MOD, true);
        if (n < 0) die_errno("send");
        client.out.remove_prefix(static_cast<std::size_t>(n));
    }
}

void say(Run& run, Client& client, std::string command, Awaits next) {
    client.command = std::move(command);
    client.out = client.command;
    client.awaits = next;
    flush(run, client);
}

/// Takes this connection's share of the messages that nobody has begun; false when there are none.
bool begin_connection(Run& run, Client& client) {
    if (run.begun == run.messages) return false;
    client.left = std::min(run.per_connection, run.messages - run.begun);
    client.awaits = Awaits::greeting;
    client.in.clear();
    client.fd = connect_loopback_nonblocking(run.port);
    run.begun += client.left;
    ++run.connections;
    watch_socket(run, client, EPOLL_CTL_ADD, false);
    return true;
}

void mail(Run& run, Client& client) {
    client.began = now_us();
    say(run, client, "MAIL FROM:<sender@client.example>\r\n", Awaits::mail);
}

void step(Run& run, Client& client) {
    switch (client.awaits) {
        case Awaits::greeting: return say(run, client, "EHLO client.example\r\n", Awaits::ehlo);
        case Awaits::ehlo: return mail(run, client);
        case Awaits::mail: {
            const auto& to = run.recipients[static_cast<std::size_t>(run.addressed++) % run.recipients.size()];
            return say(run, client, "RCPT TO:<" + to + ">\r\n", Awaits::rcpt);
        }
        case Awaits::rcpt: return say(run, client, "DATA\r\n", Awaits::data);
        case Awaits::data:
            client.out = run.message;
            client.awaits = Awaits::stored;
            return flush(run, client);
        case Awaits::stored:
            run.last_accepted = now_us();
            run.session_us.push_back(run.last_accepted - client.began);
            ++run.accepted;
            if (--client.left > 0) return mail(run, client);
            return say(run, client, "QUIT\r\n", Awaits::goodbye);
        case Awaits::goodbye:
            close(client.fd);
            client.fd = -1;
            begin_connection(run, client);
    }
}

std::string_view wanted(Awaits awaits) {
    switch (awaits) {
        case Awaits::greeting:
        case Awaits::goodbye: return "22";
        case Awaits::data: return "354";
        default: return "250";
    }
}

void on_input(Run& run, Client& client) {
    char buffer[4096];
    const ssize_t n = recv(client.fd, buffer, sizeof buffer, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) die("the server closed the connection after: " + client.in);
    client.in.append(buffer, static_cast<std::size_t>(n));
    // One command at a time, so at most one reply is under way: it is whole when its last line is.
    if (!client.in.ends_with('\n')) return;
    const auto newline = client.in.rfind('\n', client.in.size() - 2);
    const std::string_view last = std::string_view(client.in).substr(newline == std::string::npos ? 0 : newline + 1);
    if (last.size() > 3 && last[3] == '-') return;
    if (!last.starts_with(wanted(client.awaits))) die("unexpected reply: " + client.in);
    client.in.clear();
    step(run, client);
}

void on_files(Run& run, int inotify) {
    alignas(inotify_event) char buffer[64 * 1024];
    const ssize_t n = read(inotify, buffer, sizeof buffer);
    for (ssize_t at = 0; at < n;) {
        const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
        if (event->mask & IN_Q_OVERFLOW) die("inotify lost events");
        ++run.stored;
        at += static_cast<ssize_t>(sizeof *event + event->len);
    }
    run.last_stored = now_us();
}

int watch_directories(const std::vector<std::string>& directories) {
    const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) die_errno("inotify");
    for (const auto& directory : directories)
        if (inotify_add_watch(fd, directory.c_str(), IN_CREATE | IN_MOVED_TO) < 0) die_errno("watch " + directory);
    return fd;
}

void report(const Run& run) {
    const auto seconds = [&](std::int64_t until) { return static_cast<double>(until - run.first_connect) / 1e6; };
    std::printf(
        "{\"messages\": %ld, \"connections\": %ld, \"accepted_s\": %.6f, \"stored_s\": %.6f, "
        "\"message_p50_ms\": %.3f, \"message_p99_ms\": %.3f}\n",
        run.messages, run.connections, seconds(run.last_accepted), seconds(run.last_stored),
        static_cast<double>(percentile(run.session_us, 50)) / 1e3,
        static_cast<double>(percentile(run.session_us, 99)) / 1e3);
}

}  // namespace

/// --port --clients --messages --per-connection --message FILE (as it goes over the wire, with the final dot)
/// --to A,B,… (in turn) --watch DIR,DIR,… --timeout SECONDS
int smtp(const Options& options) {
    Run run{options.number("port"), options.number("per-connection"), options.number("messages"),
            read_file(options.text("message")), options.list("to")};
    std::vector<Client> clients(static_cast<std::size_t>(options.number("clients")));
    const std::int64_t deadline = now_us() + options.number("timeout") * 1'000'000;

    run.epoll = epoll_create1(EPOLL_CLOEXEC);
    const int inotify = watch_directories(options.list("watch"));
    epoll_event files{};
    files.events = EPOLLIN;
    files.data.ptr = nullptr;
    if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, inotify, &files) != 0) die_errno("epoll_ctl");

    run.first_connect = now_us();
    for (auto& client : clients) begin_connection(run, client);
    while (run.accepted < run.messages || run.stored < run.messages) {
        if (now_us() > deadline)
            die("timeout: " + std::to_string(run.accepted) + " accepted, " + std::to_string(run.stored) +
                " stored of " + std::to_string(run.messages));
        epoll_event events[64];
        const int n = epoll_wait(run.epoll, events, 64, 1000);
        for (int i = 0; i < n; ++i) {
            auto* client = static_cast<Client*>(events[i].data.ptr);
            if (client == nullptr) {
                on_files(run, inotify);
                continue;
            }
            if (events[i].events & EPOLLOUT) {
                watch_socket(run, *client, EPOLL_CTL_MOD, false);
                flush(run, *client);
            }
            if (events[i].events & ~EPOLLOUT) on_input(run, *client);
        }
    }
    report(run);
    return 0;
}

}  // namespace load
