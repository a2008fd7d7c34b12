// SPDX-License-Identifier: ISC
// The client's end of a connection.
#pragma once

#include <chrono>
#include <optional>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::net {

/// Connects, and waits no longer than `patience`. `source`: the address of ours to come from, of the same family.
/// Errors: transient, "connect to 192.0.2.1:25: Connection refused", with the number of errno; ETIMEDOUT when it took too long.
Result<Fd> dial(const SocketAddress& address, std::chrono::milliseconds patience, const std::optional<IpAddress>& source = {});

}  // namespace mailpipe::net
