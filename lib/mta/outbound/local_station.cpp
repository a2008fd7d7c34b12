// SPDX-License-Identifier: ISC
#include "mta/outbound/local_station.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include <fmt/format.h>

#include "base/process.hpp"
#include "net/dial.hpp"

namespace mailpipe::mta {

namespace {

/// deliver ends when its client is gone; what it still has to store takes no longer than that.
constexpr std::chrono::seconds patience{30};

Error unreachable(std::string_view where, std::string_view why) {
    return {Fault::transient, fmt::format("local delivery: {}: {}", where, why), ExitStatus::try_again};
}

Error lost(std::string_view program) { return unreachable(program, "has ended, and can't be started without root's rights"); }

}  // namespace

Result<void> LocalStation::check() const {
    if (is_lost()) return failure(lost(program_[0]));
    return {};
}

LocalStation::LocalStation(std::string hostname, std::vector<std::string> program, net::SocketAddress server)
    : hostname_(std::move(hostname)), program_(std::move(program)), server_(server) {}

LocalStation::~LocalStation() { drop(); }

void LocalStation::drop() {
    if (channel_ && process_ < 0) channel_->quit();  // our own program sees the end
    channel_.reset();
    if (process_ > 0) static_cast<void>(wait_for(std::exchange(process_, -1), patience));
}

Result<Fd> LocalStation::start_program() {
    if (!may_start_) return failure(lost(program_[0]));
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return failure(unreachable(program_[0], system_error(errno, "socketpair").what));
    }
    Fd ours{pair[0]};
    const Fd theirs{pair[1]};
    const auto process = start({program_, {}, {{theirs.number(), STDIN_FILENO}, {theirs.number(), STDOUT_FILENO}}});
    if (!process) return failure(unreachable(program_[0], process.error().what));
    process_ = *process;
    return ours;
}

Result<Fd> LocalStation::connect() const {
    auto socket = net::dial(server_, patience);
    if (!socket) return failure({Fault::transient, "local delivery: " + socket.error().what, ExitStatus::try_again});
    return socket;
}

Result<LmtpChannel*> LocalStation::channel() {
    if (channel_ && channel_->has_ended()) drop();
    if (channel_) return channel_.get();
    auto socket = program_.empty() ? connect() : start_program();
    if (!socket) return failure(socket.error());
    auto channel = LmtpChannel::open(std::move(*socket), hostname_);
    if (!channel) {
        drop();
        return failure(unreachable(program_.empty() ? net::to_string(server_) : program_[0], channel.error().what));
    }
    channel_ = std::move(*channel);
    return channel_.get();
}

}  // namespace mailpipe::mta
