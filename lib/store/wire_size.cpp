// SPDX-License-Identifier: ISC
#include "store/wire_size.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace mailpipe::store {

namespace {

/// Line ends in `text` that have to grow by a CR. `previous` is the octet before it.
std::uint64_t bare_line_feeds(std::string_view text, char previous) {
    std::uint64_t count = 0;
    for (const char c : text) {
        count += c == '\n' && previous != '\r';
        previous = c;
    }
    return count;
}

}  // namespace

Result<std::uint64_t> wire_size(const Fd& file) {
    constexpr std::size_t room = 64 * 1024;
    const std::unique_ptr<char[]> buffer(new char[room]);
    std::uint64_t octets = 0;
    for (char previous = '\0';;) {
        const auto n = ::read(file.number(), buffer.get(), room);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure(system_error(errno, "read message"));
        if (n == 0) return octets;
        const std::string_view piece{buffer.get(), static_cast<std::size_t>(n)};
        octets += piece.size() + bare_line_feeds(piece, previous);
        previous = piece.back();
    }
}

}  // namespace mailpipe::store
