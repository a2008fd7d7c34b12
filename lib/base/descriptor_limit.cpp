// SPDX-License-Identifier: ISC
#include "base/descriptor_limit.hpp"

#include <sys/resource.h>

namespace mailpipe {

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);  // else there are fewer: who opens that many is told so anyway
}

}  // namespace mailpipe
