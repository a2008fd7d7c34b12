// SPDX-License-Identifier: ISC
// IPv4 and IPv6 addresses, and networks of them. An IPv4-mapped IPv6 address is the IPv4 address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mailpipe::net {

struct IpAddress {
    std::array<std::uint8_t, 16> octets{};  ///< IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2)

    bool is_v4() const;
    bool is_loopback() const;     ///< 127.0.0.0/8 or ::1
    bool is_unspecified() const;  ///< 0.0.0.0 or ::, which connect(2) takes for this host
    bool operator==(const IpAddress&) const = default;
};

/// "192.0.2.1", "2001:db8::1", and with SMTP's tag: "IPv6:2001:db8::1". Errors: permanent.
Result<IpAddress> parse_ip(std::string_view text);
/// The same, for who has no use for an error.
std::optional<IpAddress> find_ip(std::string_view text);

/// "192.0.2.1" or "2001:db8::1".
std::string to_string(const IpAddress& address);

/// As between the brackets of an address literal, and in Received: "192.0.2.1" or "IPv6:2001:db8::1"
/// (RFC 5321 section 4.1.3).
std::string to_literal(const IpAddress& address);

struct Network {
    IpAddress first;
    unsigned prefix;  ///< leading bits that count, of the 128

    bool contains(const IpAddress& address) const;
};

/// "192.0.2.0/24", "2001:db8::/32", or one address. Errors: permanent, also for bits set behind the prefix.
Result<Network> parse_network(std::string_view text);
Result<std::vector<Network>> parse_networks(const std::vector<std::string>& texts);

bool any_contains(const std::vector<Network>& networks, const IpAddress& address);

/// What one client is likely to hold: an IPv4 address, or the /64 of an IPv6 address.
IpAddress client_key(const IpAddress& address);

}  // namespace mailpipe::net
