// SPDX-License-Identifier: ISC
#include "store/guid.hpp"

#include <sys/random.h>

#include <fmt/format.h>

#include "base/hash.hpp"

namespace mailpipe::store {

std::string written_guid(std::string_view guid) {
    if (guid.find(' ') == guid.npos) return std::string{guid};
    return fmt::format("{:016x}{:016x}", hash64(guid), hash64(std::string{guid} + '2'));
}

std::string random_guid() {
    unsigned char octets[16];
    std::string guid;
    if (::getrandom(octets, sizeof octets, 0) != sizeof octets) return guid;
    for (const auto octet : octets) guid += fmt::format("{:02x}", octet);
    return guid;
}

}  // namespace mailpipe::store
