// SPDX-License-Identifier: ISC
// Streams for tests: a script of input in memory, in pieces as small as wanted, that can fail or fall silent at an octet.
#pragma once

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>

#include "io/fd_stream.hpp"

namespace mailpipe::test {

class MemoryStream : public io::Stream {
public:
    explicit MemoryStream(std::string in = {}, std::size_t piece = SIZE_MAX) : input(std::move(in)), piece_(piece) {}

    Result<std::size_t> read(std::span<char> buffer, io::Deadline) override {
        if (fail_at && at_ >= *fail_at) return failure({Fault::transient, "read from the peer: broken", {}, EIO});
        if (at_ == input.size()) {
            if (silent_at_end) return failure(system_error(ETIMEDOUT, "wait for the peer"));
            return std::size_t{0};
        }
        std::size_t n = std::min({buffer.size(), piece_, input.size() - at_});
        if (fail_at) n = std::min(n, *fail_at - at_);
        std::memcpy(buffer.data(), input.data() + at_, n);
        at_ += n;
        return n;
    }

    Result<void> write(std::string_view data, io::Deadline) override {
        if (fail_writes) return failure({Fault::transient, "write to the peer: broken", {}, EPIPE});
        output.append(data);
        ++writes;
        return {};
    }

    /// Silence is over at once: then the others are looked at, and nobody waits.
    Result<io::Woken> wait(std::span<io::Watched> others, io::Deadline) override {
        ++waits;
        if (at_ < input.size() || !silent_at_end || fail_at) return io::Woken::peer;
        return io::FdStream{-1, -1}.wait(others, io::Deadline::after({}));
    }
    void release_memory() override { ++releases; }

    std::string input;
    std::string output;
    std::size_t writes = 0;
    std::size_t waits = 0;
    std::size_t releases = 0;
    std::optional<std::size_t> fail_at;  ///< reading fails once so many octets are read
    bool silent_at_end = false;          ///< times out instead of closing
    bool fail_writes = false;

private:
    std::size_t piece_;
    std::size_t at_ = 0;
};

}  // namespace mailpipe::test
