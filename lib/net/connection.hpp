// SPDX-License-Identifier: ISC
// One peer, however it came: what a session function gets.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "net/ip_address.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::net {

struct Connection {
    int in = 0;   ///< the same as `out` when it is a socket of ours; not owned
    int out = 1;
    std::optional<IpAddress> ip{};  ///< nothing: the peer is a process of this host (Unix socket, pipe, terminal)
    std::uint16_t port = 0;
    std::optional<uid_t> uid{};     ///< whose process the peer of a Unix socket is

    /// "192.0.2.1", "IPv6:2001:db8::1" as in Received, or "local".
    std::string address() const;
    /// The peer is on this host: nobody can listen in between.
    bool is_loopback() const;
    bool is_unix() const { return uid.has_value(); }
};

/// What the kernel knows about a connected socket. Errors: transient, when the peer has already gone.
Result<Connection> connection_of(int socket);
Connection make_connection(int socket, const SocketAddress& peer);

}  // namespace mailpipe::net
