// SPDX-License-Identifier: ISC
#include "io/wire_size.hpp"

#include <algorithm>

namespace mailpipe::io {

void WireSize::add(std::string_view piece) {
    if (piece.empty()) return;
    octets_ += piece.size() + static_cast<std::uint64_t>(std::ranges::count(piece, '\n'));
    // A CR makes a line end of its own, unless LF follows: then it is the other half of one that is counted already.
    if (after_cr_ && piece.front() != '\n') ++octets_;
    if (after_cr_ && piece.front() == '\n') --octets_;
    after_cr_ = piece.back() == '\r';
    if (after_cr_) piece.remove_suffix(1);
    for (auto cr = piece.find('\r'); cr != std::string_view::npos; cr = piece.find('\r', cr + 1)) {
        const bool pair = cr + 1 < piece.size() && piece[cr + 1] == '\n';
        octets_ += pair ? -1 : 1;
    }
}

}  // namespace mailpipe::io
