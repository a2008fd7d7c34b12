// SPDX-License-Identifier: ISC
#include "io/channel.hpp"

#include <malloc.h>

#include <algorithm>
#include <cstring>

namespace mailpipe::io {

Channel::Channel(Stream& stream, std::chrono::milliseconds write_timeout)
    : stream_(&stream), write_timeout_(write_timeout) {}

/// Reads once behind what is there; moves it to the front first when the end is reached. 0: the peer has closed.
Result<std::size_t> Channel::fill(Deadline deadline) {
    if (auto r = flush(); !r) return failure(r.error());
    if (!input_) input_.reset(new char[input_octets]);
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == input_octets) {
        std::memmove(input_.get(), input_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    auto n = stream_->read({input_.get() + end_, input_octets - end_}, deadline);
    if (n) end_ += *n;
    return n;
}

/// Goes past a line that is too long to be kept; its ends are.
Result<Line> Channel::swallow_line(Deadline deadline) {
    head_.clear();
    tail_.clear();
    for (bool is_over = false; !is_over;) {
        const std::string_view come{input_.get() + begin_, end_ - begin_};
        const auto piece = come.substr(0, come.find('\n'));
        head_.append(piece.substr(0, kept_octets - head_.size()));
        tail_.append(piece.substr(piece.size() - std::min(piece.size(), kept_octets)));
        tail_.erase(0, tail_.size() - std::min(tail_.size(), kept_octets));
        is_over = piece.size() < come.size();
        begin_ += piece.size() + (is_over ? 1 : 0);
        if (is_over) break;
        const auto n = fill(deadline);
        if (!n) return failure(n.error());
        is_over = *n == 0;
    }
    if (tail_.ends_with('\r')) tail_.pop_back();
    return Line{{}, LineEnd::too_long, head_, tail_};
}

Result<std::optional<Line>> Channel::read_line(std::size_t limit, Deadline deadline) {
    limit = std::min(limit, input_octets);
    std::size_t searched = 0;
    for (;;) {
        const char* at = input_.get() + begin_;
        const std::size_t have = std::min(end_ - begin_, limit);
        if (const auto size = std::string_view{at, have}.find('\n', searched); size != std::string_view::npos) {
            begin_ += size + 1;
            if (size > 0 && at[size - 1] == '\r') return Line{{at, size - 1}, LineEnd::crlf};
            return Line{{at, size}, LineEnd::bare_lf};
        }
        searched = have;
        if (have == limit) return swallow_line(deadline);
        const auto n = fill(deadline);
        if (!n) return failure(n.error());
        if (*n == 0) return std::optional<Line>{};
    }
}

Result<std::span<char>> Channel::peek(Deadline deadline) {
    if (begin_ == end_) {
        const auto n = fill(deadline);
        if (!n) return failure(n.error());
    }
    return std::span<char>{input_.get() + begin_, end_ - begin_};
}

void Channel::consume(std::size_t octets) { begin_ += octets; }

void Channel::release_memory() {
    if (!has_input()) {
        input_.reset();
        begin_ = end_ = 0;
    }
    output_ = {};
    stream_->release_memory();
    ::malloc_trim(0);  // glibc keeps what is freed in the middle of the heap
}

Result<Woken> Channel::wait(std::span<Watched> others, Deadline deadline) {
    if (auto r = flush(); !r) return failure(r.error());
    if (has_input()) return Woken::peer;
    const auto first = Deadline::after(std::chrono::seconds{1});
    const auto woken = stream_->wait(others, std::min(first, deadline));
    if (!woken || *woken != Woken::deadline || deadline <= first) return woken;
    release_memory();
    return stream_->wait(others, deadline);
}

void Channel::write(std::string_view data) {
    if (write_error_) return;
    const bool alone = output_.empty() && data.size() >= output_octets;
    if (!alone) output_.append(data);
    if (!alone && output_.size() < output_octets) return;
    [[maybe_unused]] const auto kept = alone ? send(data) : flush();  // in write_error_
}

void Channel::take(std::string& data) {
    write(data);
    data.clear();
}

Result<void> Channel::send(std::string_view data) {
    auto sent = stream_->write(data, Deadline::after(write_timeout_));
    if (!sent) write_error_ = sent.error();
    return sent;
}

Result<void> Channel::flush() {
    if (write_error_) return failure(*write_error_);
    if (output_.empty()) return {};
    auto sent = send(output_);
    output_.clear();
    return sent;
}

}  // namespace mailpipe::io
