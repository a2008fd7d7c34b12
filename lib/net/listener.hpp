// SPDX-License-Identifier: ISC
// A listening socket, made here or inherited.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "net/socket_address.hpp"

namespace mailpipe::net {

struct Listener {
    Fd socket;              ///< non-blocking
    SocketAddress address;  ///< with the port that the kernel chose
    ino_t inode = 0;        ///< of the path that is ours to remove, else 0
};

/// Binds and listens. A path gets `unix_mode` before anybody can see it. A socket that a dead server left there is
/// replaced; a live one's, or a file of another kind, is not.
/// Errors: transient when the address is taken, 77 when it may not be had, 78 when it is wrong.
Result<Listener> listen_on(const SocketAddress& address, mode_t unix_mode);

/// A TCP socket for sessions, or one that is listened on, from which theirs inherit it: short answers go at once, and a
/// peer that has vanished without a word is noticed one day.
void set_session_options(int socket);

/// Takes the socket's path away, if it still is this socket's.
void remove_path(const Listener& listener);

}  // namespace mailpipe::net
