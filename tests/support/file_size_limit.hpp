// SPDX-License-Identifier: ISC
// As long as it lives no file of ours grows beyond so many octets: write(2) stops short, then fails with EFBIG.
#pragma once

#include <signal.h>
#include <sys/resource.h>

#include <cstddef>

#include "support/catch.hpp"

namespace mailpipe::test {

class FileSizeLimit {
public:
    explicit FileSizeLimit(std::size_t octets) {
        before_ = ::signal(SIGXFSZ, SIG_IGN);
        REQUIRE(::getrlimit(RLIMIT_FSIZE, &limits_) == 0);
        const rlimit lower{octets, limits_.rlim_max};
        REQUIRE(::setrlimit(RLIMIT_FSIZE, &lower) == 0);
    }
    FileSizeLimit(const FileSizeLimit&) = delete;
    ~FileSizeLimit() {
        ::setrlimit(RLIMIT_FSIZE, &limits_);
        ::signal(SIGXFSZ, before_);
    }

private:
    rlimit limits_{};
    void (*before_)(int);
};

}  // namespace mailpipe::test
