// SPDX-License-Identifier: ISC
// Digests with a key (HMAC), and keys out of passwords (PBKDF2).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/digest.hpp"

namespace mailpipe::crypto {

/// As long as the digest itself.
std::string hmac(Digest kind, std::string_view key, std::string_view data);

/// PBKDF2 with HMAC of that digest; as long as the digest. Takes as long as `iterations` say, some 0.2 µs each.
/// Precondition: `iterations` from 1 to 2^31 - 1.
std::string pbkdf2(Digest kind, std::string_view password, std::string_view salt, std::uint32_t iterations);

}  // namespace mailpipe::crypto
