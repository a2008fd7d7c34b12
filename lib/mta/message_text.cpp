// SPDX-License-Identifier: ISC
#include "mta/message_text.hpp"

#include <algorithm>
#include <memory>

#include <unistd.h>

#include <cerrno>

#include "base/ascii.hpp"

namespace mailpipe::mta {

namespace {

constexpr std::size_t piece_octets = 64 * 1024;

/// All that was asked for: the file is a message's, and has it.
Result<void> read_exactly(const Fd& file, char* buffer, std::size_t octets, std::uint64_t offset) {
    while (octets > 0) {
        const auto n = ::pread(file.number(), buffer, octets, static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return failure({Fault::transient, system_error(errno, "read a message").what, {}, errno});
        if (n == 0) return failure({Fault::transient, "a message is shorter than its name says"});
        buffer += n;
        offset += static_cast<std::uint64_t>(n);
        octets -= static_cast<std::size_t>(n);
    }
    return {};
}

bool is_ascii_text(std::string_view text) { return std::ranges::all_of(text, [](char c) { return is_ascii(c); }); }

}  // namespace

/// Until `take` says false, or an error.
template <typename Take>
Result<void> MessageText::read_pieces(Take take) {
    const std::uint64_t octets = end_ > begin_ ? end_ - begin_ : 0;
    if (octets <= max_kept_octets) {
        if (kept_.size() < octets) {
            kept_.resize(octets);
            if (auto read = read_exactly(file_, kept_.data(), octets, begin_); !read) return kept_.clear(), read;
        }
        const Result<bool> taken = take(std::string_view{kept_});
        return taken ? Result<void>{} : failure(taken.error());
    }
    const std::unique_ptr<char[]> piece{new char[piece_octets]};
    for (auto at = begin_; at < end_;) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(piece_octets, end_ - at));
        if (auto read = read_exactly(file_, piece.get(), n, at); !read) return read;
        const Result<bool> goes_on = take(std::string_view{piece.get(), n});
        if (!goes_on) return failure(goes_on.error());
        if (!*goes_on) return {};
        at += n;
    }
    return {};
}

Result<void> MessageText::send(const io::TextSink& write) {
    return read_pieces([&](std::string_view piece) { return write(piece).map([] { return true; }); });
}

Result<bool> MessageText::has_eight_bits() {
    bool found = false;
    const auto read = read_pieces([&](std::string_view piece) {
        found = !is_ascii_text(piece);
        return !found;
    });
    if (!read) return failure(read.error());
    return found;
}

}  // namespace mailpipe::mta
