// SPDX-License-Identifier: ISC
#include "io/wire_size.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

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

Result<MeasuredFile> measure(const Fd& file) {
    constexpr std::size_t room = 64 * 1024;
    const std::unique_ptr<char[]> buffer(new char[room]);
    WireSize size;
    for (std::uint64_t octets = 0;;) {
        const auto n = ::read(file.number(), buffer.get(), room);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "read message"));
        if (n == 0) return MeasuredFile{octets, size.octets()};
        octets += static_cast<std::uint64_t>(n);
        size.add({buffer.get(), static_cast<std::size_t>(n)});
    }
}

}  // namespace mailpipe::io
