// SPDX-License-Identifier: ISC
#include "base/fd.hpp"

#include <unistd.h>

#include <cerrno>

namespace mailpipe {

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        if (number_ >= 0) ::close(number_);
        number_ = std::exchange(other.number_, -1);
    }
    return *this;
}

Fd::~Fd() {
    if (number_ >= 0) ::close(number_);
}

Result<void> Fd::close() {
    // Not again after EINTR: Linux has closed the descriptor by then.
    if (::close(std::exchange(number_, -1)) != 0 && errno != EINTR) return failure(system_error(errno, "close"));
    return {};
}

}  // namespace mailpipe
