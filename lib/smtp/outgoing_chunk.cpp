// SPDX-License-Identifier: ISC
#include "smtp/outgoing_chunk.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace mailpipe::smtp {

void OutgoingChunk::take(std::string_view& piece) {
    if (!buffer_) buffer_.reset(new char[command_octets + max_octets + line_end_octets]);
    while (!piece.empty()) {
        const auto part = piece.substr(0, (max_octets - octets_) / io::WireText::most_growth_with_dots_kept);
        if (part.empty()) return;
        char* const begin = buffer_.get() + command_octets + octets_;
        octets_ += static_cast<std::size_t>(text_.encode(part, begin) - begin);
        piece.remove_prefix(part.size());
    }
}

/// The command goes right before the octets, so that one write sends both.
std::string_view OutgoingChunk::finish(std::string_view marker) {
    const auto command = fmt::format("BDAT {}{}\r\n", octets_, marker);
    char* const begin = buffer_.get() + command_octets - command.size();
    std::memcpy(begin, command.data(), command.size());
    return {begin, command.size() + std::exchange(octets_, std::size_t{0})};
}

std::string_view OutgoingChunk::finish() { return finish(""); }

std::string_view OutgoingChunk::finish_last() {
    std::string_view nothing;
    take(nothing);  // there is a buffer
    const auto end = text_.finish();
    std::memcpy(buffer_.get() + command_octets + octets_, end.data(), end.size());
    octets_ += end.size();
    return finish(" LAST");
}

void OutgoingChunk::reset() {
    octets_ = 0;
    [[maybe_unused]] const auto end = text_.finish();
}

}  // namespace mailpipe::smtp
