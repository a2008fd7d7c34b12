// SPDX-License-Identifier: ISC
#include "load.hpp"

#include <unistd.h>

#include <cstdio>

namespace load {

/// --port --connections --timeout: prints "ready" when all have greeted and said EHLO; ends when stdin ends.
int idle(const Options& options) {
    std::vector<int> connections;
    for (long i = options.number("connections"); i > 0; --i) {
        const int fd = connect_loopback(options.number("port"), options.number("timeout"));
        expect_reply(fd, "220");
        write_all(fd, "EHLO client.example\r\n");
        expect_reply(fd, "250");
        connections.push_back(fd);
    }
    std::puts("ready");
    std::fflush(stdout);
    read_to_eof(STDIN_FILENO);
    for (const int fd : connections) {
        write_all(fd, "QUIT\r\n");
        read_to_eof(fd);
        close(fd);
    }
    return 0;
}

}  // namespace load
