// SPDX-License-Identifier: ISC
// PROXY protocol, version 2: a proxy says for whom it speaks
// (https://www.haproxy.org/download/2.8/doc/proxy-protocol.txt section 2.2).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "io/deadline.hpp"
#include "net/connection.hpp"

namespace mailpipe::net {

constexpr std::size_t proxy_start_octets = 16;        ///< signature, command, family, length
constexpr std::size_t max_proxy_rest_octets = 2048;   ///< addresses and TLVs, which are passed over

/// How many octets follow the first 16. Errors: permanent, for what is no header of version 2, or is too long.
Result<std::size_t> proxy_rest_octets(std::string_view start);

struct ProxyHeader {
    std::optional<SocketAddress> source;  ///< nothing: the proxy speaks for itself (LOCAL), or of no IP address (UNSPEC)
};
/// The whole header. Errors: permanent.
Result<ProxyHeader> parse_proxy_header(std::string_view header);

/// Reads the header, and not an octet more, from a connection that has to begin with one; from then on its peer is the
/// one that the proxy speaks for. Errors: the connection is of no use.
Result<void> read_proxy_header(Connection& connection, io::Deadline deadline);

}  // namespace mailpipe::net
