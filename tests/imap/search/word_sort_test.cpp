// SPDX-License-Identifier: ISC
#include "imap/search/word_sort.hpp"

#include <algorithm>
#include <functional>

#include "support/catch.hpp"

using mailpipe::imap::sort_by_word;
using mailpipe::imap::WordAndPlace;

namespace {

std::vector<WordAndPlace> with_words(std::uint32_t count, const std::function<std::uint64_t(std::uint64_t)>& word_of) {
    std::vector<WordAndPlace> entries;
    for (std::uint32_t i = 0; i < count; ++i) entries.push_back({word_of(i), i});
    return entries;
}

}  // namespace

TEST_CASE("Words are sorted as comparing sorts them, few and many, and equal ones stay in the order of their places", "[imap][sort]") {
    const auto count = GENERATE(0U, 1U, 2U, 511U, 512U, 513U, 20'000U);
    const std::function<std::uint64_t(std::uint64_t)> words[] = {
        [](auto i) { return i * 0x9e37'79b9'7f4a'7c15U; },          // all octets differ
        [](auto i) { return ~i; },                                  // from behind
        [](auto i) { return (i * 7919 % 3) << 56 | 0x20; },         // three words, an odd number of octets that differ
        [](auto i) { return (i * 7919 % 64) << 56 | i % 5; },       // an even one
        [](auto) { return std::uint64_t{1}; }, [](auto i) { return i; },
    };
    std::vector<WordAndPlace> spare(1000);  // more than some need
    for (const auto& word_of : words) {
        auto entries = with_words(count, word_of);
        auto compared = entries;
        std::ranges::sort(compared);
        sort_by_word(entries, spare);
        CHECK(entries == compared);
    }
}
