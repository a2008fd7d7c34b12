// SPDX-License-Identifier: ISC
#include "net/listener.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include "base/files.hpp"

namespace mailpipe::net {

namespace {

constexpr int backlog = 1024;

tl::unexpected<Error> failed(const SocketAddress& address, int number = errno) {
    return failure(system_error(number, fmt::format("listen on {}", to_string(address))));
}

Result<Fd> new_socket(const SocketAddress& address) {
    Fd socket{::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!socket) return failed(address);
    return socket;
}

Result<void> bind_and_listen(const Fd& socket, const SocketAddress& address) {
    if (::bind(socket.number(), address.native(), address.size) != 0) return failed(address);
    if (::listen(socket.number(), backlog) != 0) return failed(address);
    return {};
}

void set_option(const Fd& socket, int level, int name, int value) {
    ::setsockopt(socket.number(), level, name, &value, sizeof value);
}

Result<Listener> listen_ip(SocketAddress address) {
    auto socket = new_socket(address);
    if (!socket && address.any_family) {  // a host without IPv6
        IpAddress any_v4;
        any_v4.octets[10] = any_v4.octets[11] = 0xff;
        address = make_socket_address(any_v4, address.port());
        socket = new_socket(address);
    }
    if (!socket) return failure(socket.error());
    set_option(*socket, SOL_SOCKET, SO_REUSEADDR, 1);
    set_session_options(socket->number());
    if (address.family() == AF_INET6) set_option(*socket, IPPROTO_IPV6, IPV6_V6ONLY, address.any_family ? 0 : 1);
    if (auto r = bind_and_listen(*socket, address); !r) return failure(r.error());

    const auto bound = local_address(socket->number());
    if (!bound) return failure(bound.error());
    Listener listener{std::move(*socket), *bound};
    listener.address.any_family = address.any_family;
    return listener;
}

/// Nothing, when the path is free or a dead server's socket.
Result<void> refuse_taken(const SocketAddress& address) {
    struct stat st {};
    if (::lstat(address.path().c_str(), &st) != 0) return errno == ENOENT ? Result<void>{} : failed(address);
    if (!S_ISSOCK(st.st_mode)) return failed(address, EEXIST);
    const auto probe = new_socket(address);
    if (!probe) return failure(probe.error());
    if (::connect(probe->number(), address.native(), address.size) == 0) return failed(address, EADDRINUSE);
    if (errno == ECONNREFUSED || errno == ENOENT) return {};
    return failed(address, errno == EAGAIN ? EADDRINUSE : errno);  // EAGAIN: its backlog is full
}

Result<Listener> listen_unix(const SocketAddress& address, mode_t mode) {
    const std::string path = address.path();
    const auto directory = open_directory(path.substr(0, path.find_last_of('/') + 1));
    if (!directory) return failed(address, directory.error().number);
    ::flock(directory->number(), LOCK_EX);  // two servers that start at once: the second finds the first one alive
    if (auto r = refuse_taken(address); !r) return failure(r.error());

    const auto own = parse_socket_address(fmt::format("unix:{}.{}", path, ::getpid()));
    if (!own) return failure(own.error());
    const std::string tmp = own->path();
    auto socket = new_socket(address);
    if (!socket) return failure(socket.error());
    ::unlink(tmp.c_str());
    if (auto r = bind_and_listen(*socket, *own); !r) return failure(r.error());
    struct stat st {};
    if (::chmod(tmp.c_str(), mode) != 0 || ::stat(tmp.c_str(), &st) != 0 || ::rename(tmp.c_str(), path.c_str()) != 0) {
        const int number = errno;
        ::unlink(tmp.c_str());
        return failed(address, number);
    }
    return Listener{std::move(*socket), address, st.st_ino};
}

}  // namespace

Result<Listener> listen_on(const SocketAddress& address, mode_t unix_mode) {
    return address.is_unix() ? listen_unix(address, unix_mode) : listen_ip(address);
}

void set_session_options(int socket) {
    constexpr int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

void remove_path(const Listener& listener) {
    struct stat st {};
    const std::string path = listener.address.path();
    if (listener.inode == 0 || ::lstat(path.c_str(), &st) != 0) return;
    if (st.st_ino == listener.inode) ::unlink(path.c_str());
}

}  // namespace mailpipe::net
