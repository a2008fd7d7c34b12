// SPDX-License-Identifier: ISC
#include "base/line_ends.hpp"

namespace mailpipe {

namespace {

constexpr std::size_t block = 128;  // so that a count fits into an octet, and the compiler makes vectors of the loop

/// Of exactly `block` octets; text[-1] can be read.
LineEnds count_block(const char* text) {
    std::uint8_t all = 0;
    std::uint8_t with_cr = 0;
    const char* const before = text - 1;
    for (std::size_t i = 0; i < block; ++i) {
        all = static_cast<std::uint8_t>(all + (text[i] == '\n'));
        with_cr = static_cast<std::uint8_t>(with_cr + ((text[i] == '\n') & (before[i] == '\r')));
    }
    return {all, static_cast<std::uint64_t>(all - with_cr)};
}

}  // namespace

LineEnds count_line_ends(std::string_view text, char before) {
    LineEnds found;
    const auto add = [&found](const LineEnds& more) {
        found.all += more.all;
        found.bare += more.bare;
    };
    for (std::size_t at = 0; at < text.size();) {
        const bool is_block = at > 0 && at + block <= text.size();
        if (is_block) {
            add(count_block(text.data() + at));
        } else {
            const bool ends = text[at] == '\n';
            add({ends, ends && (at == 0 ? before : text[at - 1]) != '\r'});
        }
        at += is_block ? block : 1;
    }
    return found;
}

}  // namespace mailpipe
