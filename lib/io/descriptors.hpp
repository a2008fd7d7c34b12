// SPDX-License-Identifier: ISC
// Open descriptors on their way from one process to another over a Unix socket: SCM_RIGHTS of unix(7).
#pragma once

#include <sys/types.h>

#include <deque>
#include <span>
#include <string_view>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace mailpipe::io {

/// Like send(2) without SIGPIPE, with a descriptor on the first octet of `data`. It stays open here.
/// Gives the number of octets that went out. Errors: transient.
Result<std::size_t> send_descriptor(int socket, std::string_view data, int descriptor);

/// Like recv(2), errno too; adds the descriptors that come along, in their order, up to 16.
ssize_t receive_descriptors(int socket, std::span<char> buffer, std::deque<Fd>& passed);

}  // namespace mailpipe::io
