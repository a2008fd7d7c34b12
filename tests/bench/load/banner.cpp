// SPDX-License-Identifier: ISC
#include "load.hpp"

#include <unistd.h>

#include <cstdio>

namespace load {

/// --port --count --timeout: one connection after another, each closed by the server after QUIT.
int banner(const Options& options) {
    std::vector<std::int64_t> greeted;
    for (long i = options.number("count"); i > 0; --i) {
        const std::int64_t began = now_us();
        const int fd = connect_loopback(options.number("port"), options.number("timeout"));
        expect_reply(fd, "220");
        greeted.push_back(now_us() - began);
        write_all(fd, "QUIT\r\n");
        read_to_eof(fd);
        close(fd);
    }
    std::printf("{\"connections\": %zu, \"greeted_p50_us\": %ld, \"greeted_p90_us\": %ld}\n", greeted.size(),
                percentile(greeted, 50), percentile(greeted, 90));
    return 0;
}

}  // namespace load
