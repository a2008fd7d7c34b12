// SPDX-License-Identifier: ISC
#include "io/fd_stream.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <limits>

#include "io/descriptors.hpp"

namespace mailpipe::io {

using namespace std::chrono_literals;

FdStream::FdStream(int input, int output)
    : in_{input, SO_RCVTIMEO, POLLIN}, out_{output, SO_SNDTIMEO, POLLOUT} {}

namespace {

/// How many of them are ready: 0 after the deadline.
Result<int> poll_all(std::span<pollfd> pollers, Deadline deadline) {
    constexpr std::chrono::milliseconds longest{std::numeric_limits<int>::max()};  // that poll(2) can wait: 24 days
    for (;;) {
        const auto left = deadline.remaining();
        const int ready = ::poll(pollers.data(), pollers.size(), static_cast<int>(std::min(left, longest).count()));
        if (ready > 0 || (ready == 0 && left <= longest)) return ready;
        if (ready < 0 && errno != EINTR) return failure({Fault::transient, system_error(errno, "wait for the peer").what, {}, errno});
    }
}

}  // namespace

/// Until the descriptor is ready.
Result<void> FdStream::poll_until(const Side& side, Deadline deadline) {
    pollfd poller{side.number, side.event, 0};
    const auto ready = poll_all({&poller, 1}, deadline);
    if (!ready) return failure(ready.error());
    if (*ready == 0) return failure(system_error(ETIMEDOUT, "wait for the peer"));
    return {};
}

Result<Woken> FdStream::wait(std::span<Watched> others, Deadline deadline) {
    std::array<pollfd, max_watched + 1> pollers{{{in_.number, POLLIN, 0}}};
    others = others.first(std::min(others.size(), max_watched));
    for (std::size_t i = 0; i < others.size(); ++i) pollers[i + 1] = {others[i].descriptor, POLLIN, 0};
    const auto ready = poll_all({pollers.data(), others.size() + 1}, deadline);
    if (!ready) return failure(ready.error());
    for (std::size_t i = 0; i < others.size(); ++i) others[i].is_ready = pollers[i + 1].revents != 0;
    if (pollers[0].revents != 0) return Woken::peer;
    return *ready > 0 ? Woken::other : Woken::deadline;
}

/// Afterwards the next system call on the descriptor waits until the deadline at most, or has no need to wait.
Result<void> FdStream::arm(Side& side, Deadline deadline) {
    const auto left = deadline.remaining();
    if (left == 0ms) return failure(system_error(ETIMEDOUT, "wait for the peer"));
    if (side.is_socket) {
        const auto tolerance = std::min<std::chrono::milliseconds>(1s, left / 10);
        // A time-out that is too short is made up for by retry(): a client whose deadlines differ sets none a message.
        if (side.armed > 0ms && side.armed <= left + tolerance && side.armed >= left / 8) return {};
        const timeval time{left / 1s, (left % 1s) / 1us};
        if (::setsockopt(side.number, SOL_SOCKET, side.option, &time, sizeof time) == 0) {
            side.armed = left;
            return {};
        }
        side.is_socket = false;
    }
    return poll_until(side, deadline);
}

/// After a system call has failed: waits where it can be tried again. The socket's own time-out says EAGAIN, and so
/// does a socket that somebody made non-blocking.
Result<void> FdStream::retry(const Side& side, Deadline deadline, std::string_view what) {
    if (errno == EINTR) return {};
    if (errno == EAGAIN) return poll_until(side, deadline);
    return failure({Fault::transient, system_error(errno, what).what, {}, errno});
}

bool FdStream::has_input() const {
    pollfd poller{in_.number, POLLIN, 0};
    return ::poll(&poller, 1, 0) > 0;
}

Result<std::size_t> FdStream::read(std::span<char> buffer, Deadline deadline) {
    for (;;) {
        if (auto r = arm(in_, deadline); !r) return failure(r.error());
        const auto n = passed_ != nullptr ? receive_descriptors(in_.number, buffer, *passed_)
                                          : ::read(in_.number, buffer.data(), buffer.size());
        if (n >= 0) return static_cast<std::size_t>(n);
        if (auto r = retry(in_, deadline, "read from the peer"); !r) return failure(r.error());
    }
}

Result<void> FdStream::write(std::string_view data, Deadline deadline) {
    while (!data.empty()) {
        if (auto r = arm(out_, deadline); !r) return failure(r.error());
        // A pipe that polls as writable takes PIPE_BUF octets without waiting, and may wait for ever with more.
        const auto n = out_.is_socket
                           ? ::send(out_.number, data.data(), data.size(), MSG_NOSIGNAL)
                           : ::write(out_.number, data.data(), std::min<std::size_t>(data.size(), PIPE_BUF));
        if (n >= 0) {
            data.remove_prefix(static_cast<std::size_t>(n));
        } else if (auto r = retry(out_, deadline, "write to the peer"); !r) {
            return r;
        }
    }
    return {};
}

}  // namespace mailpipe::io
