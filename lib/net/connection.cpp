// SPDX-License-Identifier: ISC
#include "net/connection.hpp"

#include <sys/socket.h>

namespace mailpipe::net {

std::string Connection::address() const { return ip ? to_literal(*ip) : "local"; }

bool Connection::is_loopback() const { return !ip || ip->is_loopback(); }

Connection make_connection(int socket, const SocketAddress& peer) {
    Connection connection{socket, socket, peer.ip(), peer.port(), {}};
    if (!peer.is_unix()) return connection;
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0) connection.uid = who.uid;
    return connection;
}

Result<Connection> connection_of(int socket) {
    const auto peer = peer_address(socket);
    if (!peer) return failure({Fault::transient, peer.error().what, {}, peer.error().number});
    return make_connection(socket, *peer);
}

}  // namespace mailpipe::net
