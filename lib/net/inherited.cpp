// SPDX-License-Identifier: ISC
#include "net/inherited.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "base/process.hpp"

namespace mailpipe::net {

namespace {

constexpr int first_handed_over = 3;  // SD_LISTEN_FDS_START of sd_listen_fds(3)

tl::unexpected<Error> wrong(std::string what) {
    return failure({Fault::permanent, std::move(what), ExitStatus::configuration});
}

enum class Kind { listening, connected, no_stream, no_socket };

Kind kind_of(int fd) {
    int value = 0;
    socklen_t size = sizeof value;
    if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &size) != 0) return Kind::no_socket;
    if (value != SOCK_STREAM) return Kind::no_stream;
    size = sizeof value;
    ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &value, &size);
    return value != 0 ? Kind::listening : Kind::connected;
}

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? std::string_view{value} : std::string_view{};
}

/// Takes them out of the environment too: programs that we start must not think that they were meant.
std::uint64_t take_handed_over() {
    const auto process = parse_number(variable("LISTEN_PID"), "process");
    const auto count = parse_number(variable("LISTEN_FDS"), "number");
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
    if (!process || !count || *process != static_cast<std::uint64_t>(::getpid())) return 0;
    return *count;
}

Result<Listener> adopt(int fd) {
    Listener listener{Fd{fd}, {}};
    const auto address = local_address(fd);
    if (!address) return failure(address.error());
    listener.address = *address;
    ::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
    if (!address->is_unix()) set_session_options(fd);
    return listener;
}

Result<void> take_sockets(std::uint64_t count, Sources& sources) {
    for (int fd = first_handed_over; count > 0; ++fd, --count) {
        const auto kind = kind_of(fd);
        if (kind == Kind::no_socket || kind == Kind::no_stream) {
            return wrong(fmt::format("LISTEN_FDS: descriptor {} is no stream socket", fd));
        }
        ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        if (kind == Kind::listening) {
            auto listener = adopt(fd);
            if (!listener) return failure(listener.error());
            sources.listeners.push_back(std::move(*listener));
            continue;
        }
        if (sources.connection) return wrong("LISTEN_FDS: more than one connection");
        auto connection = connection_of(fd);
        if (!connection) return failure(connection.error());
        sources.connection = std::move(*connection);
    }
    if (sources.connection && !sources.listeners.empty()) return wrong("LISTEN_FDS: a connection beside listening sockets");
    return {};
}

/// The address that `variable` claims for the peer, and the port beside it. It has to be one: a stranger must not pass
/// for a local process.
Result<Connection> claimed_peer(const std::string& variable_name, const std::string& port_name) {
    auto claimed = variable(variable_name.c_str());
    if (claimed.starts_with('[') && claimed.ends_with(']')) claimed = claimed.substr(1, claimed.size() - 2);  // socat
    const auto ip = parse_ip(claimed);
    if (!ip) return wrong(fmt::format("{}: {}", variable_name, ip.error().what));
    const auto port = parse_number(variable(port_name.c_str()), "port");
    Connection connection{0, 1, *ip};
    connection.port = port && *port <= 65535 ? static_cast<std::uint16_t>(*port) : std::uint16_t{0};
    return connection;
}

/// The peer of a pipe or a socket pair: as UCSPI tells it (tcpserver, sslserver), or stunnel, or socat.
Result<Connection> connection_from_environment() {
    constexpr const char* others[][2] = {{"TCPREMOTEIP", "TCPREMOTEPORT"},
                                         {"SSLREMOTEIP", "SSLREMOTEPORT"},
                                         {"REMOTE_ADDR", "REMOTE_PORT"},
                                         {"REMOTE_HOST", "REMOTE_PORT"},
                                         {"SOCAT_PEERADDR", "SOCAT_PEERPORT"}};
    const std::string protocol{variable("PROTO")};
    if (iequals(protocol, "UNIX")) return Connection{0, 1};
    if (!protocol.empty()) {
        for (const auto& prefix : {protocol, std::string{"TCP"}}) {
            if (!variable((prefix + "REMOTEIP").c_str()).empty()) return claimed_peer(prefix + "REMOTEIP", prefix + "REMOTEPORT");
        }
        return wrong(fmt::format("PROTO is '{}' but there is no {}REMOTEIP", protocol, protocol));
    }
    for (const auto& [name, port] : others) {
        if (!variable(name).empty()) return claimed_peer(name, port);
    }
    return Connection{0, 1};
}

Result<Connection> standard_connection() {
    switch (kind_of(0)) {
        case Kind::listening: return wrong("descriptor 0 is a listening socket: inetd needs nowait, systemd LISTEN_FDS");
        case Kind::no_stream: return wrong("descriptor 0 is no stream socket");
        case Kind::no_socket: return connection_from_environment();
        case Kind::connected: break;
    }
    auto connection = connection_of(0);
    if (!connection) return connection;
    if (connection->is_unix()) {  // sslserver may talk to us through a socket pair
        const auto told = connection_from_environment();
        if (!told) return told;
        connection->ip = told->ip;
        if (told->ip) connection->uid.reset();
        connection->port = told->port;
    } else {
        set_session_options(0);
    }
    connection->out = 1;
    return connection;
}

}  // namespace

Result<Sources> find_sources(const std::vector<std::string>& listen, mode_t unix_mode) {
    hold_back(SIGHUP);  // who sees us listen may send one, which would end us before serve() takes it
    Sources sources;
    if (auto r = take_sockets(take_handed_over(), sources); !r) return failure(r.error());
    if (sources.connection && !listen.empty()) return wrong("a connection was handed over, and addresses to listen on");
    for (const auto& text : listen) {
        const auto address = parse_socket_address(text);
        if (!address) return failure(address.error());
        auto listener = listen_on(*address, unix_mode);
        if (!listener) return failure(listener.error());
        sources.listeners.push_back(std::move(*listener));
    }
    if (sources.connection || !sources.listeners.empty()) return sources;
    auto connection = standard_connection();
    if (!connection) return failure(connection.error());
    sources.connection = std::move(*connection);
    return sources;
}

}  // namespace mailpipe::net
