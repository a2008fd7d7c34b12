// SPDX-License-Identifier: ISC
// LOGIN and AUTHENTICATE: RFC 9051 sections 6.2.2 and 6.2.3, with the initial response of RFC 4959.
#pragma once

#include <optional>
#include <string>

#include "imap/grammar/arguments.hpp"

namespace mailpipe::imap {

struct LoginRequest {
    std::string user{};
    std::string password{};

    bool operator==(const LoginRequest&) const = default;
};

struct AuthenticateRequest {
    std::string mechanism{};                       ///< in capitals
    std::optional<std::string> initial_response{};  ///< decoded; "=" is an empty one

    bool operator==(const AuthenticateRequest&) const = default;
};

/// Errors never show the arguments.
Result<LoginRequest> parse_login(const Command& command);
Result<AuthenticateRequest> parse_authenticate(const Command& command);

}  // namespace mailpipe::imap
