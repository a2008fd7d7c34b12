// SPDX-License-Identifier: ISC
// Numbers what comes, from 0 on: subjects and hashes of message identifiers of a mailbox, which strangers chose. Nobody can
// tell beforehand which of them would meet in one place of a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mailpipe::imap {

/// What makes places of a table hard to guess.
struct TableSeeds {
    TableSeeds();
    std::uint64_t first = 0;
    std::uint64_t second = 1;
};

class KeyTable {
public:
    /// `expected` of them, to begin with.
    explicit KeyTable(std::size_t expected);

    /// The same number for the same text, which has to live as long as the table.
    std::uint32_t number_of(std::string_view text);

private:
    std::uint64_t hash_of(std::string_view text) const;
    void grow();

    struct Slot {
        std::uint32_t hash;
        std::uint32_t number;  ///< and 1; 0: free
    };
    std::vector<Slot> slots_;  // a power of two
    std::vector<std::string_view> texts_;
    TableSeeds seeds_;
};

class HashTable {
public:
    explicit HashTable(std::size_t expected);

    /// The same number for the same hash, which is not 0.
    std::uint32_t number_of(std::uint64_t hash);

private:
    struct Slot {
        std::uint64_t hash;  ///< 0: free
        std::uint32_t number;
    };
    Slot& slot_of(std::uint64_t hash);
    void grow();

    std::vector<Slot> slots_;  // a power of two
    std::uint32_t size_ = 0;
    TableSeeds seeds_;
};

}  // namespace mailpipe::imap
