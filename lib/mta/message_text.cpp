// SPDX-License-Identifier: ISC
#include "mta/message_text.hpp"

#include <algorithm>
#include <memory>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t piece_octets = 64 * 1024;

/// Until `take` says false, or an error.
template <typename Take>
Result<void> read_pieces(const queue::Message& message, Take take) {
    const std::unique_ptr<char[]> piece{new char[piece_octets]};
    for (auto at = message.begin();;) {
        const auto n = message.read_at(at, piece.get(), piece_octets);
        if (!n) return failure(n.error());
        if (*n == 0) return {};
        const Result<bool> goes_on = take(std::string_view{piece.get(), *n});
        if (!goes_on) return failure(goes_on.error());
        if (!*goes_on) return {};
        at += *n;
    }
}

}  // namespace

Result<void> send_text(const queue::Message& message, const io::TextSink& write) {
    return read_pieces(message, [&](std::string_view piece) { return write(piece).map([] { return true; }); });
}

Result<bool> has_eight_bit_text(const queue::Message& message) {
    bool found = false;
    const auto read = read_pieces(message, [&](std::string_view piece) {
        found = !std::ranges::all_of(piece, [](char c) { return is_ascii(c); });
        return !found;
    });
    if (!read) return failure(read.error());
    return found;
}

}  // namespace mailpipe::mta
