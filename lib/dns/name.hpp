// SPDX-License-Identifier: ISC
// Domain names as people type them or envelopes have them, made ready for the DNS.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "net/ip_address.hpp"

namespace mailpipe::dns {

/// A-labels in lower case, without the dot at the end: "Bücher.Example." is "xn--bcher-kva.example" (IDNA2008, RFC 5891,
/// mapped as UTS 46 says, nontransitional). Letters, digits, hyphens and underscores; labels of 1 to 63 octets, 253 in all.
/// Errors: permanent; what is wrong with which label.
Result<std::string> to_ascii_name(std::string_view text);

/// The same for a name that came out of the DNS: is it one that a host can have? Then it can be asked for.
bool is_host_name(std::string_view name);

/// The name whose PTR records name an address: "1.2.0.192.in-addr.arpa" (RFC 1035 section 3.5), or 32 nibbles and
/// "ip6.arpa" (RFC 3596 section 2.5).
std::string reverse_name(const net::IpAddress& address);

}  // namespace mailpipe::dns
