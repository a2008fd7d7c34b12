// SPDX-License-Identifier: ISC
// A stored message, read in pieces with as few system calls as it takes: most are one read.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "pop3/maildrop.hpp"

namespace mailpipe::pop3 {

class MessageFile {
public:
    /// `buffer` has Session::message_octets. Errors: as Maildrop::open_message.
    static Result<MessageFile> open(Maildrop& maildrop, std::size_t index, char* buffer);

    /// The next piece, in the buffer.
    Result<std::string_view> read();
    bool at_end() const { return at_end_; }

private:
    MessageFile(Fd file, std::optional<std::uint64_t> octets, char* buffer)
        : file_(std::move(file)), expected_(octets), buffer_(buffer) {}

    Fd file_;
    std::optional<std::uint64_t> expected_;  // what the name says; only a hint of where the end is
    std::uint64_t read_ = 0;
    char* buffer_;
    bool at_end_ = false;
};

}  // namespace mailpipe::pop3
