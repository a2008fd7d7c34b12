// SPDX-License-Identifier: ISC
// Where a socket is: an IP address with a port, or a path.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::net {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t size = 0;
    bool any_family = false;  ///< "*:25": IPv6 that takes IPv4 too

    const sockaddr* native() const { return reinterpret_cast<const sockaddr*>(&storage); }
    sockaddr* native() { return reinterpret_cast<sockaddr*>(&storage); }
    int family() const { return storage.ss_family; }
    bool is_unix() const { return family() == AF_UNIX; }
    std::optional<IpAddress> ip() const;
    std::uint16_t port() const;  ///< 0 for a path
    std::string path() const;    ///< empty for an address and for an unnamed socket
};

/// "192.0.2.1:25", "[2001:db8::1]:25", "*:25" (every address of both families), "unix:/run/x". Names are not looked
/// up; port 0 lets the kernel choose. Errors: permanent, a wrong configuration.
Result<SocketAddress> parse_socket_address(std::string_view text);

SocketAddress make_socket_address(const IpAddress& ip, std::uint16_t port);

/// As parse_socket_address() takes it.
std::string to_string(const SocketAddress& address);

Result<SocketAddress> local_address(int socket);
Result<SocketAddress> peer_address(int socket);

}  // namespace mailpipe::net
