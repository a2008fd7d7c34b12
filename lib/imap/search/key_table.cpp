// SPDX-License-Identifier: ISC
#include "imap/search/key_table.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>

namespace mailpipe::imap {

namespace {

std::uint64_t folded_product(std::uint64_t a, std::uint64_t b) {
    __extension__ using Wide = unsigned __int128;
    const auto product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

std::size_t slots_for(std::size_t expected) { return std::bit_ceil(std::max<std::size_t>(2 * expected, 16)); }

}  // namespace

TableSeeds::TableSeeds() {
    std::uint64_t random[2] = {};
    // Fails only where the kernel has no such call; an address that changes with each process must do there.
    if (::getentropy(random, sizeof random) != 0) random[0] = std::hash<const void*>{}(this);
    first = random[0];
    second = random[1] | 1;
}

KeyTable::KeyTable(std::size_t expected) : slots_(slots_for(expected)) { texts_.reserve(expected); }

std::uint64_t KeyTable::hash_of(std::string_view text) const {
    std::uint64_t hash = seeds_.first ^ text.size();
    for (; text.size() >= sizeof hash; text.remove_prefix(sizeof hash)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        hash = folded_product(hash ^ word, seeds_.second) + seeds_.first;
    }
    std::uint64_t rest = 0;
    if (!text.empty()) std::memcpy(&rest, text.data(), text.size());
    return folded_product(hash ^ rest, seeds_.second + 2 * seeds_.first);
}

std::uint32_t KeyTable::number_of(std::string_view text) {
    const auto hash = hash_of(text);
    const auto mask = slots_.size() - 1;
    const auto mark = static_cast<std::uint32_t>(hash >> 32);
    auto at = hash & mask;
    for (; slots_[at].number != 0; at = (at + 1) & mask) {
        const auto number = slots_[at].number - 1;
        if (slots_[at].hash == mark && texts_[number] == text) return number;
    }
    texts_.push_back(text);
    const auto number = static_cast<std::uint32_t>(texts_.size());
    slots_[at] = {mark, number};
    if (2 * texts_.size() > slots_.size()) grow();
    return number - 1;
}

void KeyTable::grow() {
    slots_.assign(2 * slots_.size(), {});
    const auto mask = slots_.size() - 1;
    for (std::size_t i = 0; i < texts_.size(); ++i) {
        const auto hash = hash_of(texts_[i]);
        auto at = hash & mask;
        while (slots_[at].number != 0) at = (at + 1) & mask;
        slots_[at] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(i + 1)};
    }
}

HashTable::HashTable(std::size_t expected) : slots_(slots_for(expected)) {}

HashTable::Slot& HashTable::slot_of(std::uint64_t hash) {
    const auto mask = slots_.size() - 1;
    auto at = folded_product(hash ^ seeds_.first, seeds_.second) & mask;
    while (slots_[at].hash != 0 && slots_[at].hash != hash) at = (at + 1) & mask;
    return slots_[at];
}

std::uint32_t HashTable::number_of(std::uint64_t hash) {
    auto& slot = slot_of(hash);
    if (slot.hash == hash) return slot.number;
    slot = {hash, size_};
    const auto number = size_++;
    if (2 * std::size_t{size_} > slots_.size()) grow();
    return number;
}

void HashTable::grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (const auto& slot : old) {
        if (slot.hash != 0) slot_of(slot.hash) = slot;
    }
}

}  // namespace mailpipe::imap
