// SPDX-License-Identifier: ISC
// Numbers texts as they come: message identifiers and subjects of a mailbox, which strangers chose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace mailpipe::imap {

class KeyTable {
public:
    /// `expected` of them, to begin with.
    explicit KeyTable(std::size_t expected);

    /// The same number for the same text, from 0 on. The text has to live as long as the table. Nobody can tell beforehand
    /// which texts would meet in one place.
    std::uint32_t number_of(std::string_view text);
    std::size_t size() const { return texts_.size(); }

private:
    std::uint64_t hash_of(std::string_view text) const;
    void grow();

    struct Slot {
        std::uint32_t hash;
        std::uint32_t number;  ///< and 1; 0: free
    };
    std::vector<Slot> slots_;  // a power of two
    std::vector<std::string_view> texts_;
    std::uint64_t seeds_[2];
};

}  // namespace mailpipe::imap
