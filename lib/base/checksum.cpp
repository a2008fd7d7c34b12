// SPDX-License-Identifier: ISC
#include "base/checksum.hpp"

#include <algorithm>
#include <cstring>

namespace mailpipe {

std::uint32_t checksum(std::string_view octets) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio: its bits have no pattern
    std::uint64_t sum = odd ^ octets.size();
    while (!octets.empty()) {
        std::uint64_t word = 0;
        const auto taken = std::min(octets.size(), sizeof word);
        std::memcpy(&word, octets.data(), taken);
        sum = (sum ^ word) * odd;
        sum ^= sum >> 32;
        octets.remove_prefix(taken);
    }
    return static_cast<std::uint32_t>(sum);
}

}  // namespace mailpipe
