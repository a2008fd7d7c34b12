// SPDX-License-Identifier: ISC
// Sorting places by a number of 64 bits each; many of them in time that grows with their count only.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace mailpipe::imap {

struct WordAndPlace {
    std::uint64_t word;
    std::uint32_t place;

    auto operator<=>(const WordAndPlace&) const = default;
};

/// By word, and those with one word by place; they come in the order of their places. `spare` is grown to their count where it
/// is needed, and can be given again.
void sort_by_word(std::span<WordAndPlace> entries, std::vector<WordAndPlace>& spare);

}  // namespace mailpipe::imap
