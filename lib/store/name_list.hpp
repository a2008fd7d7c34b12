// SPDX-License-Identifier: ISC
// The file names of a folder, 100,000 and more, in few pieces of memory, found by what identifies a message.
#pragma once

#include <cstdint>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::store {

enum class Place : std::uint8_t {
    in_new,
    in_cur,
    gone,  ///< the name is what it had last
};

class NameList {
public:
    /// Reads new/, then cur/. What another process renames meanwhile can be missed.
    static Result<NameList> scan(const Fd& new_directory, const Fd& cur_directory);
    /// Adds the names in one directory.
    Result<void> read(const Fd& directory, Place place);

    std::size_t size() const { return entries_.size(); }
    Place place(std::size_t index) const { return entries_[index].place; }
    std::string_view name(std::size_t index) const { return {entries_[index].name, entries_[index].size}; }  ///< valid as long as the list
    std::string_view base(std::size_t index) const { return {entries_[index].name, entries_[index].base_size}; }  ///< up to the first ':'
    std::optional<std::size_t> find(std::string_view base) const;

    struct Double {
        std::string name;
        Place place;
    };
    /// Names whose place others with their base have taken. Both may be there: see part_doubles().
    const std::vector<Double>& doubles() const { return doubles_; }

    /// A name whose base is known already takes the other's place: mostly it was renamed between two looks. See doubles().
    void add(std::string_view name, Place place);
    void rename(std::size_t index, std::string_view name, Place place);
    void mark_gone(std::size_t index) { entries_[index].place = Place::gone; }

private:
    struct Entry {
        const char* name;
        std::uint32_t hash;
        std::uint8_t size;  // NAME_MAX is 255
        std::uint8_t base_size;
        Place place;
    };
    std::size_t slot_of(std::string_view base, std::uint32_t hash) const;
    void grow();

    const char* keep(std::string_view name);

    std::unique_ptr<std::pmr::monotonic_buffer_resource> names_ = std::make_unique<std::pmr::monotonic_buffer_resource>();
    std::vector<Entry> entries_;
    std::vector<Double> doubles_;
    std::vector<std::uint32_t> slots_;  // open addressing: index + 1, or 0
};

}  // namespace mailpipe::store
