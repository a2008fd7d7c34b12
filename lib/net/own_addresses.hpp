// SPDX-License-Identifier: ISC
// Which addresses this host has.
#pragma once

#include <vector>

#include "net/ip_address.hpp"

namespace mailpipe::net {

/// Those of all interfaces but loopback ones, as they are now. None where the system does not tell.
std::vector<IpAddress> own_addresses();

}  // namespace mailpipe::net
