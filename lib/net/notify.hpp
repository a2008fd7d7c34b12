// SPDX-License-Identifier: ISC
// sd_notify(3) by hand: tells the service manager how far we are.
#pragma once

#include <string_view>

namespace mailpipe::net {

/// Sends `state` ("READY=1", "STOPPING=1") to $NOTIFY_SOCKET, if there is one. A manager that does not listen is no error.
void notify(std::string_view state);

}  // namespace mailpipe::net
