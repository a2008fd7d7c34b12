// SPDX-License-Identifier: ISC
#include "net/server.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.hpp"
#include "io/fd_stream.hpp"
#include "net/notify.hpp"
#include "net/proxy.hpp"

namespace mailpipe::net {

namespace {

using namespace std::chrono_literals;

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
    ::signal(SIGCHLD, SIG_DFL);  // whoever started us may have ignored it
    if (::sigprocmask(SIG_BLOCK, &ours, &parent.child_mask) != 0) return failure(system_error(errno, "sigprocmask"));
    for (const int number : {SIGTERM, SIGCHLD}) sigdelset(&parent.child_mask, number);
    for (const int number : {SIGINT, SIGHUP}) sigaddset(&parent.child_mask, number);
    parent.signals = Fd{::signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK)};
    if (!parent.signals) return failure(system_error(errno, "signalfd"));
    return {};
}

bool is_proxy(const Parent& parent, const Connection& connection) {
    return connection.ip && any_contains(parent.options.proxies, *connection.ip);
}

/// In the child. What the parent holds for itself is closed: a session must not accept, nor keep a port taken.
[[noreturn]] void run_session(Parent& parent, Connection connection) {
    parent.sources.listeners.clear();
    parent.signals = Fd{};
    ::sigprocmask(SIG_SETMASK, &parent.child_mask, nullptr);
    Result<void> done;
    if (is_proxy(parent, connection)) done = read_proxy_header(connection, io::Deadline::after(10s));
    if (done) done = parent.session(connection);
    if (!done) LogLine("error").add("peer", connection.address()).add("what", done.error().what).write();
    ::_exit(done ? 0 : static_cast<int>(exit_status(done.error())));
}

void refuse(const Parent& parent, const Fd& socket, const Connection& peer, std::string_view why) {
    const auto& line = parent.options.refusal;
    ::send(socket.number(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    LogLine("refused").add("peer", peer.address()).add("why", why).write();
}

void accept_one(Parent& parent, const Listener& listener) {
    SocketAddress from;
    from.size = sizeof from.storage;
    const Fd socket{::accept4(listener.socket.number(), from.native(), &from.size, SOCK_CLOEXEC)};
    if (!socket) {
        parent.exhausted = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (parent.exhausted) LogLine("error").add("what", system_error(errno, "accept").what).write();
        return;
    }
    const auto peer = make_connection(socket.number(), from);
    const auto client = is_proxy(parent, peer) ? std::nullopt : peer.ip;
    switch (parent.children.admits(client, parent.options.limits)) {
        case Children::Verdict::too_many: return refuse(parent, socket, peer, "too many connections");
        case Children::Verdict::too_many_of_client: return refuse(parent, socket, peer, "too many connections of one client");
        case Children::Verdict::welcome: break;
    }
    const pid_t child = ::fork();
    if (child == 0) run_session(parent, peer);
    if (child < 0) return refuse(parent, socket, peer, system_error(errno, "fork").what);
    parent.children.started(child, client);
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
    LogLine("stopping").add("sessions", parent.children.count()).write();
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

void reload(const Parent& parent) {
    if (!parent.options.reload) return;
    const auto done = parent.options.reload();
    if (done) {
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
    if (parent.exhausted) return 100;
    return parent.stage_ends ? static_cast<int>(parent.stage_ends->remaining().count()) : -1;
}

void wait_and_handle(Parent& parent) {
    std::vector<pollfd> pollers{{parent.signals.number(), POLLIN, 0}};
    if (!std::exchange(parent.exhausted, false)) {
        for (const auto& listener : parent.sources.listeners) pollers.push_back({listener.socket.number(), POLLIN, 0});
    }
    const int ready = ::poll(pollers.data(), pollers.size(), wait_milliseconds(parent));
    if (ready == 0 && parent.stage_ends && parent.stage_ends->remaining() == 0ms) next_stage(parent);
    if (ready <= 0) return;
    if (pollers[0].revents != 0) handle_signals(parent);
    for (std::size_t i = 1; i < pollers.size() && parent.stage == Stage::serving; ++i) {
        if (pollers[i].revents != 0) accept_one(parent, parent.sources.listeners[i - 1]);
    }
}

Result<void> serve_one(Connection connection, const ServerOptions& options, const Session& session) {
    if (connection.ip && any_contains(options.proxies, *connection.ip)) {
        if (auto r = read_proxy_header(connection, io::Deadline::after(10s)); !r) return r;
    }
    return session(connection);
}

}  // namespace

Result<void> serve(Sources sources, const ServerOptions& options, const Session& session) {
    ::signal(SIGPIPE, SIG_IGN);
    if (sources.connection) return serve_one(*sources.connection, options, session);

    Parent parent{std::move(sources), options, session};
    if (auto r = take_signals(parent); !r) return r;
    for (const auto& listener : parent.sources.listeners) {
        LogLine("listening").add("address", to_string(listener.address)).write();
    }
    notify("READY=1");
    while (parent.stage == Stage::serving || parent.children.count() > 0) wait_and_handle(parent);
    return {};
}

}  // namespace mailpipe::net
