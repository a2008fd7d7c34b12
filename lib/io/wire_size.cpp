// SPDX-License-Identifier: ISC
#include "io/wire_size.hpp"

#include <unistd.h>

#include <cerrno>
#include <memory>

#include "base/line_ends.hpp"

namespace mailpipe::io {

void WireSize::add(std::string_view piece) {
    if (piece.empty()) return;
    octets_ += piece.size() + count_line_ends(piece, after_cr_ ? '\r' : '\0').bare;
    after_cr_ = piece.back() == '\r';
}

std::uint64_t wire_octets(std::string_view message) {
    WireSize size;
    size.add(message);
    return size.octets();
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
