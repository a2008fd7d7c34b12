// SPDX-License-Identifier: ISC
#include "mime/tally.hpp"

namespace mailpipe::mime {

namespace {

constexpr std::size_t block = 128;  // so that a count fits into an octet, and the compiler makes vectors of the loop

LineEnds count(const char* text, std::size_t octets, char before) {
    LineEnds found;
    for (std::size_t i = 0; i < octets; ++i) {
        const bool ends = text[i] == '\n';
        found.all += ends;
        found.bare += ends && (i == 0 ? before : text[i - 1]) != '\r';
    }
    return found;
}

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

LineEnds Tally::before(std::size_t place) {
    const auto add = [this](const LineEnds& found, std::size_t octets) {
        counted_.all += found.all;
        counted_.bare += found.bare;
        at_ += octets;
    };
    if (place < at_) {
        const auto behind = count(message_.data() + place, at_ - place, place > 0 ? message_[place - 1] : '\0');
        return {counted_.all - behind.all, counted_.bare - behind.bare};
    }
    if (at_ == 0 && place > 0) add(count(message_.data(), 1, '\0'), 1);
    while (at_ + block <= place) add(count_block(message_.data() + at_), block);
    if (at_ < place) add(count(message_.data() + at_, place - at_, message_[at_ - 1]), place - at_);
    return counted_;
}

}  // namespace mailpipe::mime
