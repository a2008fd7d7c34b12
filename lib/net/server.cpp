// SPDX-License-Identifier: ISC
#include "net/server.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>

#include "base/log.hpp"
#include "io/deadline.hpp"
#include "net/notify.hpp"
#include "net/session_process.hpp"

namespace mailpipe::net {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 10s;  // that nothing happens, before children that wait are let go

enum class Stage {
    serving,
    finishing,  // no listeners any more; sessions go on
    ending,     // sessions got SIGTERM
    killing,    // sessions got SIGKILL
};

struct Parent {
    Sources sources;
    const ServerOptions& options;
    const Session& session;
    Fd signals{};
    Fd events{};  // epoll(7): signals, listeners, children's lines
    sigset_t child_mask{};
    Children children{};
    Stage stage = Stage::serving;
    std::optional<io::Deadline> stage_ends{};
    bool exhausted = false;  // out of descriptors or memory: accept nothing for a moment
};

Result<void> take_signals(Parent& parent) {
    sigset_t ours;
    sigemptyset(&ours);
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) sigaddset(&ours, number);
    if (::sigprocmask(SIG_BLOCK, &ours, &parent.child_mask) != 0) return failure(system_error(errno, "sigprocmask"));
    for (const int number : {SIGTERM, SIGCHLD}) sigdelset(&parent.child_mask, number);
    for (const int number : {SIGINT, SIGHUP}) sigaddset(&parent.child_mask, number);
    parent.signals = Fd{::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!parent.signals) return failure(system_error(errno, "signalfd"));
    return {};
}

Result<void> watch(const Parent& parent, const Fd& file) {
    epoll_event event{EPOLLIN, {.fd = file.number()}};
    if (::epoll_ctl(parent.events.number(), EPOLL_CTL_ADD, file.number(), &event) == 0) return {};
    return failure(system_error(errno, "epoll_ctl"));
}

Result<void> prepare_events(Parent& parent) {
    parent.events = Fd{::epoll_create1(EPOLL_CLOEXEC)};
    if (!parent.events) return failure(system_error(errno, "epoll_create1"));
    if (auto r = watch(parent, parent.signals); !r) return r;
    for (const auto& listener : parent.sources.listeners) {
        if (auto r = watch(parent, listener.socket); !r) return r;
    }
    return {};
}

/// In the child. What the parent holds for itself is closed: a session must not accept, keep a port taken, or speak for
/// another child.
[[noreturn]] void become_child(Parent& parent, Peer peer, Fd line) {
    parent.sources.listeners.clear();
    parent.signals = Fd{};
    parent.events = Fd{};
    parent.children = Children{};
    ::sigprocmask(SIG_SETMASK, &parent.child_mask, nullptr);
    ::_exit(run_sessions(std::move(peer), line, parent.options, parent.session));
}

void refuse(const Parent& parent, const Peer& peer, std::string_view why) {
    const auto& line = parent.options.refusal;
    ::send(peer.socket.number(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    LogLine("refused").add("peer", peer.connection.address()).add("why", why).write();
}

struct Lines {
    Fd parents;
    Fd childs;
};
/// Nothing, if children have one connection each.
Result<Lines> make_lines(const Parent& parent) {
    if (parent.options.sessions_per_process == 1) return Lines{};
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return failure(system_error(errno, "socketpair"));
    Lines lines{Fd{ends[0]}, Fd{ends[1]}};
    if (auto r = watch(parent, lines.parents); !r) return failure(r.error());
    return lines;
}

void start_child(Parent& parent, Peer peer, const std::optional<IpAddress>& client) {
    auto lines = make_lines(parent);
    if (!lines) return refuse(parent, peer, lines.error().what);
    const pid_t child = ::fork();
    if (child == 0) {
        lines->parents = Fd{};
        become_child(parent, std::move(peer), std::move(lines->childs));
    }
    if (child < 0) return refuse(parent, peer, system_error(errno, "fork").what);
    parent.children.started(child, client, std::move(lines->parents));
}

void accept_one(Parent& parent, const Listener& listener) {
    SocketAddress from;
    from.size = sizeof from.storage;
    Fd socket{::accept4(listener.socket.number(), from.native(), &from.size, SOCK_CLOEXEC)};
    if (!socket) {
        parent.exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (parent.exhausted) LogLine("error").add("what", system_error(errno, "accept").what).write();
        return;
    }
    Peer peer{std::move(socket), {}};
    peer.connection = make_connection(peer.socket.number(), from);
    const auto client = is_proxy(parent.options, peer.connection) ? std::nullopt : peer.connection.ip;
    switch (parent.children.admits(client, parent.options.limits)) {
        case Children::Verdict::too_many: return refuse(parent, peer, "too many connections");
        case Children::Verdict::too_many_of_client: return refuse(parent, peer, "too many connections of one client");
        case Children::Verdict::welcome: break;
    }
    if (!parent.children.hand_over(peer.socket.number(), client)) start_child(parent, std::move(peer), client);
}

void reap(Parent& parent) {
    int raw = 0;
    for (pid_t child; (child = ::waitpid(-1, &raw, WNOHANG)) > 0;) {
        parent.children.ended(child);
        if (WIFSIGNALED(raw) && parent.stage == Stage::serving) {
            LogLine("error").add("what", "a session was killed").add("signal", ::strsignal(WTERMSIG(raw))).write();
        }
    }
}

void stop_accepting(Parent& parent) {
    notify("STOPPING=1");
    LogLine("stopping").add("sessions", parent.children.connections()).write();
    parent.children.retire_all();
    for (const auto& listener : parent.sources.listeners) remove_path(listener);
    parent.sources.listeners.clear();
}

/// At SIGTERM, SIGINT, and when a stage's time is over.
void next_stage(Parent& parent) {
    switch (parent.stage) {
        case Stage::serving:
            stop_accepting(parent);
            parent.stage = Stage::finishing;
            parent.stage_ends = io::Deadline::after(parent.options.grace);
            break;
        case Stage::finishing:
            parent.children.signal_all(SIGTERM);
            parent.stage = Stage::ending;
            parent.stage_ends = io::Deadline::after(5s);
            break;
        case Stage::ending:
        case Stage::killing:
            parent.children.signal_all(SIGKILL);
            parent.stage = Stage::killing;
            parent.stage_ends.reset();
            break;
    }
}

void reload(Parent& parent) {
    if (!parent.options.reload) return;
    const auto done = parent.options.reload();
    if (done) {
        parent.children.retire_all();
        LogLine("reloaded").write();
    } else {
        LogLine("error").add("what", "not reloaded: " + done.error().what).write();
    }
}

void handle_signals(Parent& parent) {
    signalfd_siginfo info{};
    while (::read(parent.signals.number(), &info, sizeof info) == sizeof info) {
        switch (info.ssi_signo) {
            case SIGCHLD: reap(parent); break;
            case SIGHUP: reload(parent); break;
            default: next_stage(parent); break;
        }
    }
}

int wait_milliseconds(const Parent& parent) {
    if (parent.stage_ends) return static_cast<int>(parent.stage_ends->remaining().count());
    return parent.children.any_waits() ? static_cast<int>(std::chrono::milliseconds{patience}.count()) : -1;
}

/// For a moment nothing but signals: children that end give back what is missing.
void wait_for_resources(Parent& parent) {
    pollfd poller{parent.signals.number(), POLLIN, 0};
    if (::poll(&poller, 1, 100) > 0) handle_signals(parent);
    parent.exhausted = false;
}

void nothing_happened(Parent& parent) {
    parent.children.dismiss_waiting();
    if (parent.stage_ends && parent.stage_ends->remaining() == 0ms) next_stage(parent);
}

/// Children before listeners: one that has just become free need not be forked.
void handle(Parent& parent, std::span<const epoll_event> events) {
    const auto& listeners = parent.sources.listeners;
    const auto listener_of = [&](int file) {
        return std::ranges::find(listeners, file, [](const Listener& listener) { return listener.socket.number(); });
    };
    for (const auto& event : events) {
        if (event.data.fd != parent.signals.number() && listener_of(event.data.fd) == listeners.end()) {
            parent.children.hear(event.data.fd);
        }
    }
    for (const auto& event : events) {
        if (event.data.fd == parent.signals.number()) handle_signals(parent);
    }
    for (const auto& event : events) {
        const auto listener = listener_of(event.data.fd);
        if (listener != listeners.end()) accept_one(parent, *listener);
    }
}

void wait_and_handle(Parent& parent) {
    if (parent.exhausted) wait_for_resources(parent);
    std::array<epoll_event, 64> events;
    const int ready = ::epoll_wait(parent.events.number(), events.data(), events.size(), wait_milliseconds(parent));
    if (ready == 0) nothing_happened(parent);
    if (ready > 0) handle(parent, std::span{events}.first(static_cast<std::size_t>(ready)));
}

}  // namespace

Result<void> serve(Sources sources, const ServerOptions& options, const Session& session) {
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGCHLD, SIG_DFL);  // whoever started us may have ignored it, and then no program's end can be waited for
    if (sources.connection) {
        const auto done = run_session(*sources.connection, options, session);
        return done ? Result<void>{} : failure(done.error());
    }

    Parent parent{std::move(sources), options, session};
    if (auto r = take_signals(parent); !r) return r;
    if (auto r = prepare_events(parent); !r) return r;
    for (const auto& listener : parent.sources.listeners) {
        LogLine("listening").add("address", to_string(listener.address)).write();
    }
    notify("READY=1");
    while (parent.stage == Stage::serving || parent.children.processes() > 0) wait_and_handle(parent);
    return {};
}

}  // namespace mailpipe::net
