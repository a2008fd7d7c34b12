// SPDX-License-Identifier: ISC
#include "html/open_elements.hpp"

namespace mailpipe::html {

bool OpenElements::push(const OpenElement& open) {
    if (all_.size() == max_depth) return false;
    auto& element = of_element_[index(*open.element)];
    auto& role = of_role_[static_cast<std::size_t>(open.element->role)];
    all_.push_back({open, element, role, block_});
    element = role = all_.size();
    if (!is_in_line(open.element->role)) block_ = all_.size();
    return true;
}

OpenElement OpenElements::pop() {
    const auto entry = all_.back();
    all_.pop_back();
    of_element_[index(*entry.open.element)] = entry.outer_element;
    of_role_[static_cast<std::size_t>(entry.open.element->role)] = entry.outer_role;
    block_ = entry.outer_block;
    return entry.open;
}

}  // namespace mailpipe::html
