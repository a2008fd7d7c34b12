// SPDX-License-Identifier: ISC
// The dispatcher's end of a worker: a child process with one conversation with one host.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "mta/remote/host_session.hpp"
#include "mta/remote/worker_packets.hpp"

namespace mailpipe::mta {

class Connection {
public:
    /// Forks; the child begins to connect at once. It dies when this process does. Errors: transient.
    static Result<std::unique_ptr<Connection>> open(RemoteHost host, const HostRules& rules);
    Connection(const Connection&) = delete;
    /// The child ends the conversation by itself, if it can. Who has opened it waits for it: process().
    ~Connection() = default;

    const RemoteHost& host() const { return host_; }
    pid_t process() const { return process_; }
    /// To be polled: readable when receive() has something to give.
    int line() const { return line_.number(); }

    /// Precondition: the last one has been finished. Errors: permanent, for a transfer that can't be told; transient, when the
    /// worker is gone: nobody has this message.
    Result<void> send(const Transfer& transfer, const Fd& file);
    /// What the worker has to say, without waiting; the outer nothing: not yet. The error: it has ended without a word.
    std::optional<Result<WorkerReport>> receive();

private:
    Connection(RemoteHost host, Fd line, pid_t process) : host_(std::move(host)), line_(std::move(line)), process_(process) {}

    RemoteHost host_;
    Fd line_;
    pid_t process_;
};

}  // namespace mailpipe::mta
