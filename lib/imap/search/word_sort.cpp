// SPDX-License-Identifier: ISC
#include "imap/search/word_sort.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mailpipe::imap {

namespace {

using Entries = std::span<WordAndPlace>;

constexpr std::size_t few = 512;  // fewer are compared: counting their octets would take longer

/// Of a word's octets the one with this significance.
std::size_t octet(const WordAndPlace& entry, std::size_t significance) { return entry.word >> (8 * significance) & 0xff; }

/// How often each octet occurs with each significance.
using Counts = std::array<std::array<std::uint32_t, 256>, sizeof(std::uint64_t)>;

Counts count_octets(Entries entries) {
    Counts counts{};
    for (const auto& entry : entries) {
        for (std::size_t i = 0; i < counts.size(); ++i) ++counts[i][octet(entry, i)];
    }
    return counts;
}

/// By one octet; those where it is equal keep their order.
void distribute(Entries from, Entries to, std::array<std::uint32_t, 256>& counts, std::size_t significance) {
    std::uint32_t next = 0;
    for (auto& count : counts) next += std::exchange(count, next);
    for (const auto& entry : from) to[counts[octet(entry, significance)]++] = entry;
}

}  // namespace

void sort_by_word(Entries entries, std::vector<WordAndPlace>& spare) {
    if (std::ranges::is_sorted(entries)) return;  // mail mostly comes in its order
    if (entries.size() < few) {
        std::ranges::sort(entries);
        return;
    }
    if (spare.size() < entries.size()) spare.resize(entries.size());
    auto counts = count_octets(entries);
    auto from = entries;
    Entries to{spare.data(), entries.size()};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i][octet(from.front(), i)] == from.size()) continue;  // all have it
        distribute(from, to, counts[i], i);
        std::swap(from, to);
    }
    if (from.data() != entries.data()) std::ranges::copy(from, entries.begin());
}

}  // namespace mailpipe::imap
