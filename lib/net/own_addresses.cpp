// SPDX-License-Identifier: ISC
#include "net/own_addresses.hpp"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>

#include <cstring>
#include <memory>

#include "net/socket_address.hpp"

namespace mailpipe::net {

std::vector<IpAddress> own_addresses() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> all{first, &::freeifaddrs};
    std::vector<IpAddress> addresses;
    for (const auto* one = all.get(); one != nullptr; one = one->ifa_next) {
        if (one->ifa_addr == nullptr || (one->ifa_flags & IFF_LOOPBACK) != 0) continue;
        SocketAddress address;
        const auto family = one->ifa_addr->sa_family;
        address.size = family == AF_INET ? sizeof(sockaddr_in) : family == AF_INET6 ? sizeof(sockaddr_in6) : 0;
        if (address.size == 0) continue;
        std::memcpy(&address.storage, one->ifa_addr, address.size);
        if (const auto ip = address.ip()) addresses.push_back(*ip);
    }
    return addresses;
}

}  // namespace mailpipe::net
