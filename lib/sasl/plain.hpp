// SPDX-License-Identifier: ISC
// What a client logs in with, and how PLAIN writes it (RFC 4616).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sasl/user.hpp"

namespace mailpipe::sasl {

enum class Proof {
    password,  ///< somebody has to check the password
    right,     ///< the mechanism has: there is a user
    wrong,     ///< and it was wrong
};

struct Credentials {
    std::string authorization{};  ///< whom to act for; empty: the same as `name`
    std::string name{};
    std::string password{};
    Proof proof = Proof::password;
    std::optional<User> user{};  ///< with Proof::right

    /// Acting for somebody else is not offered by anybody here.
    bool for_self() const { return authorization.empty() || authorization == name; }
};

/// message = [authzid] NUL authcid NUL passwd (RFC 4616 section 2). Errors: permanent.
Result<Credentials> parse_plain(std::string_view message);
/// Precondition: neither has a NUL.
std::string format_plain(std::string_view name, std::string_view password);

}  // namespace mailpipe::sasl
