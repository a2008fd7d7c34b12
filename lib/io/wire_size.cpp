// SPDX-License-Identifier: ISC
#include "io/wire_size.hpp"

#include <algorithm>

namespace mailpipe::io {

void WireSize::add(std::string_view piece) {
    if (piece.empty()) return;
    octets_ += piece.size() + static_cast<std::uint64_t>(std::ranges::count(piece, '\n'));
    if (after_cr_ && piece.front() == '\n') --octets_;
    after_cr_ = piece.back() == '\r';
    for (auto cr = piece.find('\r'); cr != std::string_view::npos; cr = piece.find('\r', cr + 1)) {
        if (cr + 1 < piece.size() && piece[cr + 1] == '\n') --octets_;
    }
}

}  // namespace mailpipe::io
