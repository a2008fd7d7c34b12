// SPDX-License-Identifier: ISC
// A piece of a message as BDAT sends it (RFC 3030 section 2): the command, with the exact number of octets, and they.
#pragma once

#include <memory>
#include <string_view>

#include "io/wire_text.hpp"

namespace mailpipe::smtp {

class OutgoingChunk {
public:
    static constexpr std::size_t max_octets = 64 * 1024;

    /// As much of `piece` as there is room for, taken off it. All of it is taken but when the chunk is full.
    void take(std::string_view& piece);
    /// The command and its octets, until the next take(). Then it is empty.
    std::string_view finish();
    /// The same with LAST, behind what the text's last line lacks.
    std::string_view finish_last();
    /// What was taken is forgotten: another text begins.
    void reset();

private:
    static constexpr std::size_t command_octets = 32;      // more than "BDAT 65536 LAST" and CRLF
    static constexpr std::size_t line_end_octets = 2;      // for what the last line lacks

    std::string_view finish(std::string_view marker);

    std::unique_ptr<char[]> buffer_;  // not zeroed: small messages touch few pages of it
    std::size_t octets_ = 0;
    io::WireText text_{io::Dots::kept, io::BareCr::line_end};
};

}  // namespace mailpipe::smtp
