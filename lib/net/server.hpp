// SPDX-License-Identifier: ISC
// The one server of smtpd, pop3d, imapd and deliver --lmtp: processes that talk, one connection at a time, and a parent
// that accepts. Manual: mailpipe(7).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "net/children.hpp"
#include "net/inherited.hpp"

namespace mailpipe::net {

struct ServerOptions {
    Limits limits{500, 50};
    std::string refusal{};                   ///< line with CRLF for those over a limit; empty: only closed
    std::vector<Network> proxies{};          ///< who has to begin with a PROXY header, and isn't counted per client
    std::chrono::seconds grace{30};          ///< how long SIGTERM lets sessions finish
    unsigned sessions_per_process = 1;       ///< at most, one after another; more than 1 saves most of the forks
    std::function<Result<void>()> reload{};  ///< at SIGHUP, in the parent; an error is logged, and the old stays
};

/// Whether the process of a session may have another peer's. Not after it has held a secret: a key, a password, mail.
enum class Afterwards { end, next_peer };

/// Talks to one peer. What it needs, the parent has made ready before; it runs in a child where the sources are
/// listeners. Errors are logged and end the child, or in the case of one connection are returned by serve().
using Session = std::function<Result<Afterwards>(const Connection&)>;

/// One connection: calls `session`, returns its result. Listeners: accepts and hands each connection to a child that has
/// none, or forks one (no exec), until SIGTERM or SIGINT; then closes them, lets the sessions finish, kills them after the
/// grace or at a second signal, and returns.
/// Sessions have SIGHUP and SIGINT blocked, so that signals to the whole group don't end them.
Result<void> serve(Sources sources, const ServerOptions& options, const Session& session);

}  // namespace mailpipe::net
