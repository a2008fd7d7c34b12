// SPDX-License-Identifier: ISC
#include "store/guid.hpp"

#include <sys/random.h>

#include <fmt/format.h>

namespace mailpipe::store {

std::string random_guid() {
    unsigned char octets[16];
    std::string guid;
    if (::getrandom(octets, sizeof octets, 0) != sizeof octets) return guid;
    for (const auto octet : octets) guid += fmt::format("{:02x}", octet);
    return guid;
}

}  // namespace mailpipe::store
