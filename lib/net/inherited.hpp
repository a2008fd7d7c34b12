// SPDX-License-Identifier: ISC
// What whoever started us left: a connection, or listening sockets. Manual: mailpipe(7), CONNECTIONS.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/connection.hpp"
#include "net/listener.hpp"

namespace mailpipe::net {

/// Where connections come from: one that is there already, or listeners.
struct Sources {
    std::vector<Listener> listeners{};
    std::optional<Connection> connection{};
};

/// In this order:
/// 1. what `listen` names (parse_socket_address()), and any listening sockets handed over beside it;
/// 2. sockets from systemd ($LISTEN_FDS, $LISTEN_PID): listening ones (Accept=no) or one connected (Accept=yes);
/// 3. descriptors 0 and 1: a socket (inetd nowait, systemd Accept=yes, tcpserver), or a pipe whose starter tells the
///    peer in UCSPI's variables ($PROTO, $TCPREMOTEIP, $SSLREMOTEIP …), or a pipe or terminal of this host.
/// Errors: 78 for what is no stream of ours, such as inetd's wait mode; as listen_on().
Result<Sources> find_sources(const std::vector<std::string>& listen, mode_t unix_mode = 0666);

}  // namespace mailpipe::net
