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

std::string base64_encode(std::string_view octets) {
    std::string text;
    append_base64(text, octets);
    return text;
}

Result<std::string> base64_decode(std::string_view text) {
    const auto bad = [] { return failure({Fault::permanent, "not base64"}); };
    std::string octets;
    octets.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text.substr(0, text.find('='))) {
        const std::uint32_t value = base64_digit(c);
        if (value > 63) return bad();
        bits = (bits << 6 | value) & 0xffff;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        octets += static_cast<char>(bits >> count & 0xff);
    }
    // What was read has one spelling: that tells of all that is wrong with the padding, and of stray bits.
    if (base64_encode(octets) != text) return bad();
    return octets;
}

}  // namespace mailpipe::text
