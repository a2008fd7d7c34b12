// SPDX-License-Identifier: ISC
// Memory that fork(2) does not copy and a child cannot change for others.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace mailpipe {

/// Octets that a parent holds for all its children: private, read-only pages of a file without a name. fork(2) copies
/// no page tables for them, so that a big table makes no connection dearer.
class Frozen {
public:
    Frozen() = default;
    static Result<Frozen> copy_of(std::string_view octets);
    Frozen(Frozen&& other) noexcept : octets_(std::exchange(other.octets_, {})) {}
    Frozen& operator=(Frozen&& other) noexcept;
    ~Frozen();

    /// Begins at a page.
    std::string_view octets() const { return octets_; }

private:
    std::string_view octets_;
};

}  // namespace mailpipe
