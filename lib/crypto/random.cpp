// SPDX-License-Identifier: ISC
#include "crypto/random.hpp"

#include <sys/random.h>

#include <cerrno>
#include <cstdlib>

#include "base/ascii.hpp"

namespace mailpipe::crypto {

void random_fill(std::span<char> octets) {
    while (!octets.empty()) {
        const auto n = ::getrandom(octets.data(), octets.size(), 0);
        if (n < 0 && errno != EINTR) std::abort();  // no kernel generator: nothing that follows would be safe
        if (n > 0) octets = octets.subspan(static_cast<std::size_t>(n));
    }
}

std::string random_hex(std::size_t octets) {
    std::string raw(octets, '\0');
    random_fill(raw);
    std::string text;
    text.reserve(2 * octets);
    for (const char c : raw) {
        const auto octet = static_cast<unsigned char>(c);
        text += {to_lower(hex_digit(octet / 16U)), to_lower(hex_digit(octet % 16U))};
    }
    return text;
}

}  // namespace mailpipe::crypto
