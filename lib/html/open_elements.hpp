// SPDX-License-Identifier: ISC
// The elements that are open at a place of a document (WHATWG HTML section 13.2.4.2), so that an end tag finds its start
// tag in constant time, however deep it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "html/elements.hpp"

namespace mailpipe::html {

struct OpenElement {
    const Element* element;
    bool hides = false;      // it and what is in it
    std::size_t indent = 0;  // octets that end with it
    std::size_t number = 0;  // list: of its next item; table: what Lines::begin_table() gave
};

class OpenElements {
public:
    /// Deeper ones are not kept: then their end tags may end an outer one.
    static constexpr std::size_t max_depth = 10'000;

    OpenElements() : of_element_(elements().size()) {}

    std::size_t depth() const { return all_.size(); }
    /// Precondition: depth() > 0.
    OpenElement& top() { return all_.back().open; }
    /// At this depth, from 1.
    OpenElement& at(std::size_t depth) { return all_[depth - 1].open; }
    /// False: it is too deep.
    bool push(const OpenElement& open);
    OpenElement pop();

    /// The depth of the innermost, from 1; 0 where none is open.
    std::size_t last(const Element& element) const { return of_element_[index(element)]; }
    std::size_t last(Role role) const { return of_role_[static_cast<std::size_t>(role)]; }
    std::size_t last_block() const { return block_; }

private:
    struct Entry {
        OpenElement open;
        std::size_t outer_element, outer_role, outer_block;  // what last() told before
    };
    static std::size_t index(const Element& element) { return static_cast<std::size_t>(&element - elements().data()); }

    std::vector<Entry> all_;
    std::vector<std::size_t> of_element_;
    std::array<std::size_t, role_count> of_role_{};
    std::size_t block_ = 0;
};

}  // namespace mailpipe::html
