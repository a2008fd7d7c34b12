// SPDX-License-Identifier: ISC
// A message as pipes carry it: LF or CRLF, perhaps with mbox's "From " line before it. Comes out with LF.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::mta {

class PipedText {
public:
    /// A "From " line that is longer is text.
    static constexpr std::size_t max_from_line = 8192;

    /// `input` is borrowed.
    explicit PipedText(const Fd& input) : input_(input) {}

    /// Before the first next(): takes a "From " line away and gives its second word, or nothing where there is none.
    Result<std::optional<std::string>> from_line();

    /// The next piece, valid until the next call; empty at the end. A CR without LF stays as it is.
    Result<std::string_view> next();

private:
    Result<bool> fill();

    const Fd& input_;
    std::string text_;  // read and converted, not handed out yet
    bool held_cr_ = false;
    bool at_end_ = false;
    std::string handed_out_;
};

}  // namespace mailpipe::mta
