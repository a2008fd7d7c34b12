// SPDX-License-Identifier: ISC
#include "net/dial.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>

namespace mailpipe::net {

namespace {

timeval to_timeval(std::chrono::milliseconds time) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    return {seconds.count(), std::chrono::duration_cast<std::chrono::microseconds>(time - seconds).count()};
}

Error failed(std::string_view what, const SocketAddress& address, int number) {
    return {Fault::transient, system_error(number, std::string{what} + to_string(address)).what, {}, number};
}

}  // namespace

Result<Fd> dial(const SocketAddress& address, std::chrono::milliseconds patience, const std::optional<IpAddress>& source) {
    Fd socket{::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!socket) return failure(failed("make a socket for ", address, errno));
    if (source) {
        const auto from = make_socket_address(*source, 0);
        if (::bind(socket.number(), from.native(), from.size) != 0) return failure(failed("come from ", from, errno));
    }
    const timeval time = to_timeval(patience);
    ::setsockopt(socket.number(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);  // it bounds connect(2), too
    if (::connect(socket.number(), address.native(), address.size) != 0) {
        const int number = errno == EINPROGRESS || errno == EAGAIN ? ETIMEDOUT : errno;  // EAGAIN: a full backlog of a Unix socket
        return failure(failed("connect to ", address, number));
    }
    const int yes = 1;
    if (!address.is_unix()) ::setsockopt(socket.number(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
}

}  // namespace mailpipe::net
