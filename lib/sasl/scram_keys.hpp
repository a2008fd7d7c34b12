// SPDX-License-Identifier: ISC
// What a server has to know of a password for SCRAM-SHA-256 (RFC 5802 section 3, RFC 7677), and how users(5) writes it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sasl/user.hpp"

namespace mailpipe::sasl {

struct ScramKeys {
    std::string salt;  ///< octets
    std::uint32_t iterations;
    std::string stored_key;  ///< 32 octets
    std::string server_key;  ///< 32 octets
};

/// "iterations,salt,StoredKey,ServerKey", the last three in base64: Dovecot's {SCRAM-SHA-256}. Nothing for anything else,
/// and for more than ten million iterations.
std::optional<ScramKeys> parse_scram_keys(std::string_view hash);

/// Takes as long as `iterations` say. The password is prepared by SASLprep.
ScramKeys derive_scram_keys(std::string_view password, std::string salt, std::uint32_t iterations);

/// Keys, and whose they are; nobody's keys prove nothing, and look like any other's.
struct ScramUser {
    ScramKeys keys;
    std::optional<User> user{};
};
using FindScramUser = std::function<ScramUser(std::string_view name)>;

}  // namespace mailpipe::sasl
