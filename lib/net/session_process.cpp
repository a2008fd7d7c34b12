// SPDX-License-Identifier: ISC
#include "net/session_process.hpp"

#include <sys/socket.h>

#include <cerrno>

#include "base/log.hpp"
#include "io/descriptors.hpp"
#include "net/proxy.hpp"

namespace mailpipe::net {

namespace {

using namespace std::chrono_literals;

/// Tells the parent that there is nobody to talk to any more, and waits for the next connection. An empty one: the end.
Fd next_socket(const Fd& line) {
    if (::send(line.number(), "f", 1, MSG_NOSIGNAL) != 1) return {};
    std::deque<Fd> passed;
    char note = 0;
    while (io::receive_descriptors(line.number(), {&note, 1}, passed) < 0 && errno == EINTR) {
    }
    return passed.empty() ? Fd{} : std::move(passed.front());
}

bool take_next(Peer& peer, const Fd& line) {
    for (;;) {
        peer.socket = Fd{};  // it sees the end now, not when the next has come
        peer.socket = next_socket(line);
        if (!peer.socket) return false;
        if (auto connection = connection_of(peer.socket.number())) {
            peer.connection = *connection;
            return true;
        }  // else it has gone already
    }
}

void log_error(const Connection& connection, const Error& error) {
    LogLine("error").add("peer", connection.address()).add("what", error.what).write();
}

}  // namespace

bool is_proxy(const ServerOptions& options, const Connection& connection) {
    return connection.ip && any_contains(options.proxies, *connection.ip);
}

Result<Afterwards> run_session(Connection connection, const ServerOptions& options, const Session& session) {
    if (is_proxy(options, connection)) {
        if (auto r = read_proxy_header(connection, io::Deadline::after(10s)); !r) return failure(r.error());
    }
    return session(connection);
}

int run_sessions(Peer peer, const Fd& line, const ServerOptions& options, const Session& session) {
    for (unsigned left = options.sessions_per_process;;) {
        const auto done = run_session(peer.connection, options, session);
        if (!done) {
            log_error(peer.connection, done.error());
            return static_cast<int>(exit_status(done.error()));
        }
        if (*done == Afterwards::end || --left == 0 || !take_next(peer, line)) return 0;
    }
}

}  // namespace mailpipe::net
