// SPDX-License-Identifier: ISC
#include "io/fd_stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

namespace mailpipe::io {

using namespace std::chrono_literals;

FdStream::FdStream(int input, int output)
    : in_{input, SO_RCVTIMEO, POLLIN}, out_{output, SO_SNDTIMEO, POLLOUT} {}

/// Afterwards the next system call on the descriptor waits until the deadline at most, or has no need to wait.
Result<void> FdStream::wait(Side& side, Deadline deadline) {
    const auto left = deadline.remaining();
    if (left == 0ms) return failure(system_error(ETIMEDOUT, "wait for the peer"));
    if (side.is_socket) {
        const auto tolerance = std::min<std::chrono::milliseconds>(1s, left / 10);
        if (std::chrono::abs(left - side.armed) <= tolerance) return {};
        const timeval time{left / 1s, (left % 1s) / 1us};
        if (::setsockopt(side.number, SOL_SOCKET, side.option, &time, sizeof time) == 0) {
            side.armed = left;
            return {};
        }
        side.is_socket = false;
    }
    pollfd poller{side.number, side.event, 0};
    const int ready = ::poll(&poller, 1, static_cast<int>(left.count()));
    if (ready > 0 || (ready < 0 && errno == EINTR)) return {};
    return failure(system_error(ready == 0 ? ETIMEDOUT : errno, "wait for the peer"));
}

Result<std::size_t> FdStream::read(std::span<char> buffer, Deadline deadline) {
    for (;;) {
        if (auto r = wait(in_, deadline); !r) return failure(r.error());
        const auto n = ::read(in_.number, buffer.data(), buffer.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        if (errno == EAGAIN || errno == EINTR) continue;  // wait() knows whether the time is over
        return failure({Fault::transient, system_error(errno, "read from the peer").what, {}, errno});
    }
}

Result<void> FdStream::write(std::string_view data, Deadline deadline) {
    while (!data.empty()) {
        if (auto r = wait(out_, deadline); !r) return failure(r.error());
        const auto n = out_.is_socket ? ::send(out_.number, data.data(), data.size(), MSG_NOSIGNAL)
                                      : ::write(out_.number, data.data(), data.size());
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) continue;
        if (n < 0) return failure({Fault::transient, system_error(errno, "write to the peer").what, {}, errno});
        data.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

}  // namespace mailpipe::io
