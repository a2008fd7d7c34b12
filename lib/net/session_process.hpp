// SPDX-License-Identifier: ISC
// What a child of serve() does: a session, or several, one after another.
#pragma once

#include "base/fd.hpp"
#include "base/result.hpp"
#include "net/connection.hpp"
#include "net/server.hpp"

namespace mailpipe::net {

bool is_proxy(const ServerOptions& options, const Connection& connection);

/// One session: a PROXY header first, from those who send it.
Result<Afterwards> run_session(Connection connection, const ServerOptions& options, const Session& session);

struct Peer {
    Fd socket;
    Connection connection;
};
/// The life of a child, from its first peer on. At the other end of `line` the parent hears when there can be another, and
/// sends it; without a line there is one. Gives the exit status.
int run_sessions(Peer peer, const Fd& line, const ServerOptions& options, const Session& session);

}  // namespace mailpipe::net
