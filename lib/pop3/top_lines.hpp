// SPDX-License-Identifier: ISC
// Where TOP stops: behind the header, the empty line and so many lines (RFC 1939 section 7).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mailpipe::pop3 {

class TopLines {
public:
    explicit TopLines(std::uint32_t body_lines) : left_(body_lines) {}

    /// How much of the next piece of the stored message (LF or CRLF) is wanted.
    std::size_t take(std::string_view piece);
    bool done() const { return !in_header_ && left_ == 0; }

private:
    std::uint32_t left_;
    bool in_header_ = true;
    bool line_is_empty_ = true;
};

}  // namespace mailpipe::pop3
