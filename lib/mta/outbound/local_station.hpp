// SPDX-License-Identifier: ISC
// Where local mail goes: one `deliver --lmtp` of our own on a socket pair, or any LMTP server.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "mta/outbound/lmtp_channel.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::mta {

class LocalStation {
public:
    /// `program` with its arguments, started when it is first needed; or, without one, `server`.
    LocalStation(std::string hostname, std::vector<std::string> program, net::SocketAddress server);
    LocalStation(const LocalStation&) = delete;
    ~LocalStation();

    /// The conversation, begun where there is none, or where the server has ended it while nothing was asked of it.
    /// Errors: transient.
    Result<LmtpChannel*> channel();
    /// Ends the conversation, after an error or to have the program started anew.
    void drop();
    /// The program can't be started any more: channel() fails after drop().
    void forbid_start() { may_start_ = false; }
    /// Errors: transient, when it is lost.
    Result<void> check() const;
    /// It is over: there is no conversation, and can't be another one.
    bool is_lost() const { return !program_.empty() && !may_start_ && !channel_; }

private:
    Result<Fd> start_program();
    Result<Fd> connect() const;

    std::string hostname_;
    std::vector<std::string> program_;
    net::SocketAddress server_;
    std::unique_ptr<LmtpChannel> channel_;
    pid_t process_ = -1;
    bool may_start_ = true;
};

}  // namespace mailpipe::mta
