// SPDX-License-Identifier: ISC
// A file descriptor with one owner.
#pragma once

#include <utility>

#include "base/result.hpp"

namespace mailpipe {

class Fd {
public:
    Fd() = default;
    explicit Fd(int number) : number_(number) {}
    Fd(Fd&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Fd& operator=(Fd&& other) noexcept;
    ~Fd();

    int number() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }
    int release() { return std::exchange(number_, -1); }

    /// Closes and tells: after a write, the error of a close is the error of the write (NFS, quotas).
    Result<void> close();

private:
    int number_ = -1;
};

}  // namespace mailpipe
