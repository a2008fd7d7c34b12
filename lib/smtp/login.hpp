// SPDX-License-Identifier: ISC
// Who we are for a server that wants to know (RFC 4954).
#pragma once

#include <string>

namespace mailpipe::smtp {

struct Login {
    std::string user;
    std::string password;  ///< UTF-8

    bool operator==(const Login&) const = default;
};

}  // namespace mailpipe::smtp
