// SPDX-License-Identifier: ISC
// A point in time by which an operation has to be over.
#pragma once

#include <algorithm>
#include <chrono>
#include <compare>

namespace mailpipe::io {

struct Deadline {
    std::chrono::steady_clock::time_point at;

    auto operator<=>(const Deadline&) const = default;

    static Deadline after(std::chrono::milliseconds duration) {
        return {std::chrono::steady_clock::now() + duration};
    }
    /// Rounded up, never negative.
    std::chrono::milliseconds remaining() const {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(at - std::chrono::steady_clock::now());
        return std::max(left, std::chrono::milliseconds{0});
    }
};

}  // namespace mailpipe::io
