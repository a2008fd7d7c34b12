// SPDX-License-Identifier: ISC
#include "text/base64.hpp"

#include <cstdint>

#include "text/base64_digit.hpp"

namespace mailpipe::text {

namespace {

std::uint32_t octet(char c) { return static_cast<unsigned char>(c); }

char digit(std::uint32_t bits) { return base64_alphabet[bits & 63]; }

}  // namespace

void append_base64(std::string& out, std::string_view octets) {
    const auto begin = out.size();
    out.resize(begin + (octets.size() + 2) / 3 * 4, '=');
    auto* to = out.data() + begin;
    for (; octets.size() >= 3; octets.remove_prefix(3)) {
        const auto bits = octet(octets[0]) << 16 | octet(octets[1]) << 8 | octet(octets[2]);
        *to++ = digit(bits >> 18);
        *to++ = digit(bits >> 12);
        *to++ = digit(bits >> 6);
        *to++ = digit(bits);
    }
    if (octets.empty()) return;
    const auto bits = octet(octets[0]) << 16 | (octets.size() > 1 ? octet(octets[1]) << 8 : 0);
    *to++ = digit(bits >> 18);
    *to++ = digit(bits >> 12);
    if (octets.size() > 1) *to = digit(bits >> 6);
}

}  // namespace mailpipe::text
