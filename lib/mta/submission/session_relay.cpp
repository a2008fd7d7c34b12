// SPDX-License-Identifier: ISC
#include "mta/submission/session_relay.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string>
#include <string_view>
#include <utility>

namespace mailpipe::mta {

namespace {

/// One direction: reads when all that it read is written.
struct Way {
    int from;
    int to;
    std::string waiting{};
    bool at_end = false;

    bool may_read() const { return !at_end && waiting.empty(); }
    bool may_write() const { return !waiting.empty(); }
};

Error trouble(std::string_view what) { return {Fault::transient, system_error(errno, what).what, {}, errno}; }

Result<void> take(Way& way) {
    std::array<char, 64 * 1024> piece;
    const auto n = ::read(way.from, piece.data(), piece.size());
    if (n < 0 && errno == ECONNRESET) way.at_end = true;
    if (n < 0 && errno != EINTR && errno != EAGAIN && !way.at_end) return failure(trouble("read what is to be handed on"));
    way.at_end = way.at_end || n == 0;
    if (n > 0) way.waiting.assign(piece.data(), static_cast<std::size_t>(n));
    return {};
}

/// A pipe that polls as writable takes PIPE_BUF octets without waiting, and may wait for ever with more.
Result<void> give(Way& way) {
    const auto size = std::min<std::size_t>(way.waiting.size(), PIPE_BUF);
    auto n = ::send(way.to, way.waiting.data(), size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno == ENOTSOCK) n = ::write(way.to, way.waiting.data(), size);
    if (n < 0 && errno != EINTR && errno != EAGAIN) return failure(trouble("hand on what came"));
    if (n > 0) way.waiting.erase(0, static_cast<std::size_t>(n));
    return {};
}

}  // namespace

Result<void> relay_session(const Fd& server, int in, int out) {
    Way commands{in, server.number()};
    Way replies{server.number(), out};
    bool told_end = false;
    while (!replies.at_end || !replies.waiting.empty()) {
        std::array<pollfd, 4> pollers{{{commands.may_read() ? in : -1, POLLIN, 0},
                                       {commands.may_write() ? server.number() : -1, POLLOUT, 0},
                                       {replies.may_read() ? server.number() : -1, POLLIN, 0},
                                       {replies.may_write() ? out : -1, POLLOUT, 0}}};
        if (::poll(pollers.data(), pollers.size(), -1) < 0 && errno != EINTR) return failure(trouble("wait for smtpd"));
        Result<void> done;
        if (pollers[0].revents != 0) done = take(commands);
        if (done && pollers[1].revents != 0 && !give(commands)) commands = {in, server.number(), {}, true};  // it is going
        if (done && pollers[2].revents != 0) done = take(replies);
        if (done && pollers[3].revents != 0) done = give(replies);
        if (!done) return done;
        if (commands.at_end && commands.waiting.empty() && !std::exchange(told_end, true)) ::shutdown(server.number(), SHUT_WR);
    }
    return {};
}

}  // namespace mailpipe::mta
