// SPDX-License-Identifier: ISC
// Is this the password? For the schemes of Dovecot that crypt(3) and plain digests can tell.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sasl/scram_keys.hpp"

namespace mailpipe::sasl {

/// False for a field that no password fits: empty, "x", or beginning with '*' or '!' behind its {SCHEME}.
bool has_password(std::string_view stored);

/// `stored`: {SCHEME}hash, or a hash of crypt(3) alone. {CRYPT} and its relatives ({SHA512-CRYPT}, {BLF-CRYPT} …) take
/// what crypt(3) knows, yescrypt included; {PLAIN}, {SSHA}, {SSHA256}, {SSHA512}, {SHA}, {SHA256}, {SHA512}, {PLAIN-MD5}, {SCRAM-SHA-256}.
/// Costs as much as the scheme says (milliseconds). Errors: transient, for a scheme or hash that is not known here.
Result<bool> is_password(std::string_view stored, std::string_view given);

/// What SCRAM-SHA-256 needs of it: as it stands in {SCRAM-SHA-256}; made with this salt and so many iterations of a
/// password that is stored in clear. Nothing: other schemes can't.
std::optional<ScramKeys> scram_keys(std::string_view stored, const std::string& salt, std::uint32_t iterations);
/// The same question without the work.
bool serves_scram(std::string_view stored);

/// Equal for stored passwords that take equally long: scheme, method and cost without salt and hash.
std::string cost_class(std::string_view stored);

}  // namespace mailpipe::sasl
