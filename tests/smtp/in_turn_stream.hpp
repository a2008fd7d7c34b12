// SPDX-License-Identifier: ISC
// A peer in memory that keeps to its turns: each reply comes when it is read, and not before.
#pragma once

#include <string>
#include <utility>

#include "support/memory_stream.hpp"

namespace mailpipe::test {

class InTurnStream : public MemoryStream {
public:
    /// A reply that begins with '+' comes together with the one before it; the '+' is not said.
    explicit InTurnStream(std::string replies) : replies_(std::move(replies)) {}

    Result<std::size_t> read(std::span<char> buffer, io::Deadline deadline) override {
        if (read_ == input.size()) say_next();
        const auto n = MemoryStream::read(buffer, deadline);
        if (n) read_ += *n;
        return n;
    }

    Result<io::Woken> wait(std::span<io::Watched> others, io::Deadline deadline) override {
        if (read_ == input.size() && !replies_.empty()) return io::Woken::deadline;
        return MemoryStream::wait(others, deadline);
    }

private:
    void say_next() {
        for (bool is_over = false; !is_over && !replies_.empty();) {
            const auto size = std::min(replies_.find('\n'), replies_.size() - 1) + 1;
            const bool is_last = size < 4 || replies_[3] != '-';
            input += replies_.substr(0, size);
            replies_.erase(0, size);
            is_over = is_last && !replies_.starts_with('+');
            if (is_last && !is_over) replies_.erase(0, 1);
        }
    }

    std::string replies_;
    std::size_t read_ = 0;
};

}  // namespace mailpipe::test
