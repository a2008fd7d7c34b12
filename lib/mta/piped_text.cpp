// SPDX-License-Identifier: ISC
#include "mta/piped_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace mailpipe::mta {

namespace {

constexpr std::string_view from_mark = "From ";

/// CRLF becomes LF. `held_cr`: the last piece ended with a CR that has not been added.
void add_with_lf(std::string& text, std::string_view piece, bool& held_cr) {
    if (held_cr && piece.front() != '\n') text += '\r';
    held_cr = piece.back() == '\r';
    if (held_cr) piece.remove_suffix(1);
    while (!piece.empty()) {
        const auto end = piece.find("\r\n");
        text += piece.substr(0, end);
        if (end == std::string_view::npos) return;
        text += '\n';
        piece.remove_prefix(end + 2);
    }
}

}  // namespace

/// As read(2), but for EINTR.
ssize_t PipedText::read(std::span<char> buffer) {
    for (;;) {
        const auto room = part_ ? std::min<std::uint64_t>(buffer.size(), part_->end - part_->at) : buffer.size();
        const auto n = part_ ? ::pread(input_.number(), buffer.data(), room, static_cast<off_t>(part_->at))
                             : ::read(input_.number(), buffer.data(), room);
        if (n < 0 && errno == EINTR) continue;
        if (part_ && n > 0) part_->at += static_cast<std::uint64_t>(n);
        return n;
    }
}

/// False at the end.
Result<bool> PipedText::fill() {
    if (at_end_) return false;
    std::array<char, 64 * 1024> buffer;
    const auto n = read(buffer);
    if (n < 0) return failure({Fault::transient, system_error(errno, "read the message").what, {}, errno});
    if (n > 0) add_with_lf(text_, {buffer.data(), static_cast<std::size_t>(n)}, held_cr_);
    if (n == 0 && held_cr_) text_ += '\r';
    at_end_ = n == 0;
    return n > 0;
}

Result<std::optional<std::string>> PipedText::from_line() {
    const auto may_be = [&] { return from_mark.starts_with(text_.substr(0, from_mark.size())); };
    while (text_.size() < max_from_line && may_be() && text_.find('\n') == std::string::npos) {
        const auto more = fill();
        if (!more) return failure(more.error());
        if (!*more) break;
    }
    const auto end = text_.find('\n');
    if (!text_.starts_with(from_mark) || end >= max_from_line) return std::nullopt;
    const auto line = std::string_view{text_}.substr(from_mark.size(), end - from_mark.size());
    std::string sender{line.substr(0, line.find(' '))};
    text_.erase(0, end + 1);
    return sender;
}

Result<std::string_view> PipedText::next() {
    while (text_.empty()) {
        const auto more = fill();
        if (!more) return failure(more.error());
        if (!*more) break;
    }
    handed_out_ = std::exchange(text_, {});
    return std::string_view{handed_out_};
}

}  // namespace mailpipe::mta
