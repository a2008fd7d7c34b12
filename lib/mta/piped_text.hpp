// SPDX-License-Identifier: ISC
// A message as pipes carry it: LF or CRLF, perhaps with mbox's "From " line before it. Comes out with LF.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::mta {

class PipedText {
public:
    /// A "From " line that is longer is text.
    static constexpr std::size_t max_from_line = 8192;

    /// To the end of a pipe, or of a file from where it stands. `input` is borrowed.
    explicit PipedText(const Fd& input) : input_(input) {}
    /// The first `octets` of a file, wherever it stands: somebody may write on behind them.
    PipedText(const Fd& file, std::uint64_t octets) : input_(file), part_({0, octets}) {}

    /// Before the first next(): takes a "From " line away and gives its second word, or nothing where there is none.
    Result<std::optional<std::string>> from_line();

    /// The next piece, valid until the next call; empty at the end. A CR without LF stays as it is.
    Result<std::string_view> next();

private:
    struct Part {
        std::uint64_t at, end;
    };
    Result<bool> fill();
    ssize_t read(std::span<char> buffer);

    const Fd& input_;
    std::optional<Part> part_;
    std::string text_;  // read and converted, not handed out yet
    bool held_cr_ = false;
    bool at_end_ = false;
    std::string handed_out_;
};

}  // namespace mailpipe::mta
