// SPDX-License-Identifier: ISC
#include "io/wire_size.hpp"

#include "base/line_ends.hpp"

namespace mailpipe::io {

void WireSize::add(std::string_view piece) {
    if (piece.empty()) return;
    octets_ += piece.size() + count_line_ends(piece, after_cr_ ? '\r' : '\0').bare;
    after_cr_ = piece.back() == '\r';
}

}  // namespace mailpipe::io
