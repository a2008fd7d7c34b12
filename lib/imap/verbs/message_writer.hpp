// SPDX-License-Identifier: ISC
// A message from the wire to its file: CRLF becomes LF, everything else stays.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/new_file.hpp"
#include "base/result.hpp"

namespace mailpipe::imap {

class MessageWriter {
public:
    explicit MessageWriter(NewFile file) : file_(std::move(file)) {}

    /// The next piece, however the message is cut. Errors: as the file's.
    Result<void> write(std::string_view piece);
    Result<void> end();

    /// What the message is when it is fetched: a LF without CR has become a line end.
    std::uint64_t wire_octets() const { return file_.size() + line_ends_ + (has_cr_ ? 1 : 0); }
    /// After end().
    NewFile take_file() { return std::move(file_); }

private:
    NewFile file_;
    std::uint64_t line_ends_ = 0;
    bool has_cr_ = false;  // held back: LF may follow
};

}  // namespace mailpipe::imap
