// SPDX-License-Identifier: ISC
#include "base/line_ends.hpp"

#include <cstddef>

namespace mailpipe {

namespace {

/// Of exactly `octets`; text[-1] can be read. No more than 255, so that a count fits into an octet, and a number that the
/// compiler knows, so that it makes vectors of the loop.
template <std::size_t octets>
LineEnds count_block(const char* text) {
    std::uint8_t all = 0;
    std::uint8_t with_cr = 0;
    const char* const before = text - 1;
    for (std::size_t i = 0; i < octets; ++i) {
        all = static_cast<std::uint8_t>(all + (text[i] == '\n'));
        with_cr = static_cast<std::uint8_t>(with_cr + ((text[i] == '\n') & (before[i] == '\r')));
    }
    return {all, static_cast<std::uint64_t>(all - with_cr)};
}

}  // namespace

LineEnds count_line_ends(std::string_view text, char before) {
    if (text.empty()) return {};
    const bool begins = text.front() == '\n';
    LineEnds found{begins, begins && before != '\r'};
    const char* at = text.data() + 1;
    const char* const end = text.data() + text.size();
    const auto add = [&](const LineEnds& more, std::ptrdiff_t octets) {
        found.all += more.all;
        found.bare += more.bare;
        at += octets;
    };
    while (end - at >= 128) add(count_block<128>(at), 128);
    while (end - at >= 16) add(count_block<16>(at), 16);
    while (at < end) add(count_block<1>(at), 1);
    return found;
}

}  // namespace mailpipe
