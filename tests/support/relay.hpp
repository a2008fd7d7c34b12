// SPDX-License-Identifier: ISC
// A stream over another descriptor that lets through only so much of what the peer sends: where a record is cut in two.
#pragma once

#include <algorithm>
#include <cerrno>

#include "io/fd_stream.hpp"

namespace mailpipe::test {

class Relay : public io::Stream {
public:
    Result<std::size_t> read(std::span<char> buffer, io::Deadline deadline) override {
        if (octets_left == 0) return failure(system_error(ETIMEDOUT, "wait for the peer"));
        const auto n = io::FdStream{peer, peer}.read(buffer.first(std::min({buffer.size(), reads_at_most, octets_left})), deadline);
        if (n && octets_left != SIZE_MAX) octets_left -= *n;
        return n;
    }
    Result<void> write(std::string_view data, io::Deadline deadline) override { return io::FdStream{peer, peer}.write(data, deadline); }
    Result<io::Woken> wait(std::span<io::Watched> others, io::Deadline deadline) override {
        return io::FdStream{octets_left > 0 ? peer : -1, -1}.wait(others, deadline);
    }

    int peer = -1;
    std::size_t reads_at_most = SIZE_MAX;
    std::size_t octets_left = SIZE_MAX;
};

}  // namespace mailpipe::test
