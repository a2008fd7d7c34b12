// SPDX-License-Identifier: ISC
#include "mta/remote/connection.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>

#include "io/descriptors.hpp"
#include "mta/remote/worker.hpp"

namespace mailpipe::mta {

namespace {

Error failed(const char* what) { return {Fault::transient, system_error(errno, what).what, ExitStatus::try_again, errno}; }

/// Nothing of the dispatcher's may stay open here: a message's file would outlive the message, another worker's line its end.
void keep_only(int descriptor) {
    if (descriptor > STDERR_FILENO + 1) ::close_range(STDERR_FILENO + 1, static_cast<unsigned>(descriptor) - 1, 0);
    ::close_range(static_cast<unsigned>(descriptor) + 1, UINT_MAX, 0);
}

/// The dispatcher says when it is over: who stops a service, or a terminal's job, sends these to all of its processes, and a
/// message would be cut off in its middle.
void ignore_signals() {
    for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGPIPE}) ::signal(number, SIG_IGN);
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(RemoteHost host, const HostRules& rules) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return failure(failed("socketpair"));
    Fd ours{pair[0]};
    Fd theirs{pair[1]};
    const auto dispatcher = ::getpid();
    const auto process = ::fork();
    if (process < 0) return failure(failed("fork"));
    if (process == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != dispatcher) ::_exit(0);  // it was faster
        keep_only(theirs.number());
        ignore_signals();
        work(theirs, std::move(host), rules);
        ::_exit(0);
    }
    return std::unique_ptr<Connection>{new Connection{std::move(host), std::move(ours), process}};
}

Result<void> Connection::send(const Transfer& transfer, const Fd& file) {
    const auto packet = to_packet(transfer);
    if (!packet) return failure(packet.error());
    const auto sent = io::send_descriptor(line_.number(), *packet, file.number());
    if (!sent) return failure(sent.error());
    return {};
}

std::optional<Result<WorkerReport>> Connection::receive() {
    std::array<char, max_packet_octets> packet;
    for (;;) {
        const auto n = ::recv(line_.number(), packet.data(), packet.size(), MSG_DONTWAIT);
        if (n > 0) return parse_report({packet.data(), static_cast<std::size_t>(n)});
        // A reset, told once, says that it has left an order unread; what it said before is still to come.
        if (n < 0 && (errno == EINTR || errno == ECONNRESET)) continue;
        if (n < 0 && errno == EAGAIN) return {};
        return failure({Fault::transient, "the worker has ended in the middle of its work"});
    }
}

}  // namespace mailpipe::mta
