// SPDX-License-Identifier: ISC
// What the messages of SCRAM are made of, on either side (RFC 5802 sections 5.1 and 7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailpipe::sasl {

/// The value of the attribute that comes next, taken off with its comma. Nothing when another one comes.
std::optional<std::string_view> take_attribute(std::string_view& message, char name);

/// saslname: ',' and '=' stand as "=2C" and "=3D".
std::string encode_scram_name(std::string_view name);
/// Nothing for what is empty, not UTF-8, or holds NUL or any other '='.
std::optional<std::string> decode_scram_name(std::string_view text);

/// Printable ASCII without a comma, up to 1024 octets.
bool is_scram_nonce(std::string_view text);
/// One that nobody can guess.
std::string new_scram_nonce();

/// Precondition: `b` is as long as `a`.
std::string exclusive_or(std::string_view a, std::string_view b);

}  // namespace mailpipe::sasl
